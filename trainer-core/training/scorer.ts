/** Scores a classifier while it is being trained, on the very weights the training moves. */
import { classificationFeeds, classificationGraph } from '../classify/classificationGraph.js';
import { meanOfTexts } from '../classify/meanOfTexts.js';
import { scoringBatches } from '../classify/scoringBatches.js';
import { padBatch } from '../corpus/batches.js';
import type { EncodedTexts } from '../corpus/encodeTexts.js';
import type { LabelledExample } from '../labelled/labelledExample.js';
import type { ModelConfig } from '../models/config.js';
import type { FinetuneConfig } from '../protocol/finetuneConfig.js';
import type { EvaluationReport } from '../protocol/report.js';
import type { NamedTensors } from '../protocol/tensor.js';
import { withTensorsOn } from '../runtime/deviceMemory.js';
import type { Device } from '../runtime/devices.js';
import { Program } from '../runtime/program.js';
import { evaluationOf, evaluationReport, metricsOf, type OutputMeaning } from '../scores/evaluationReport.js';
import { fitTemperature } from '../scores/temperature.js';
import { writeEvaluation } from '../scores/writeEvaluation.js';
import type { Evaluation } from './task.js';
import type { HostFeeds } from './trainStep.js';

/** Texts scored together. */
const BATCH = 32;

/** Labelled texts, and their sequences, of which a text can have several (`store.textOf`). */
export interface Split {
  examples: readonly LabelledExample[];
  store: EncodedTexts;
}

export class Scorer {
  readonly #weights: HostFeeds;
  /** What the logits are divided by. */
  #temperature = 1;

  private constructor(
    private readonly program: Program,
    private readonly device: Device,
    private readonly model: ModelConfig,
    private readonly padId: number,
    private readonly metric: FinetuneConfig['metric'],
    weights: NamedTensors,
  ) {
    this.#weights = Object.fromEntries(weights);
  }

  /** `weights`: the very memory that the training writes to. */
  static async create(
    model: ModelConfig,
    weights: NamedTensors,
    padId: number,
    device: Device,
    metric: FinetuneConfig['metric'],
  ): Promise<Scorer> {
    const { graph, logits } = classificationGraph(model, false);
    graph.output('logits', logits);
    return new Scorer(await Program.compile(graph, { device }), device, model, padId, metric, weights);
  }

  /** The scores of a set. */
  async score(split: Split): Promise<Evaluation> {
    const report = await evaluationReport(this.#meaning, split.examples, await this.#logits(split));
    return this.#scored(report);
  }

  /** Fits the temperature to a set, which the weights have not learned from; 1 where none is best. Gives what it came to. */
  async calibrate(split: Split): Promise<number> {
    if (this.model.problemType === 'regression') return 1;
    const logits = await this.#logits(split);
    this.#temperature =
      fitTemperature(split.examples.map(({ label, labels }, i) => ({ logits: logits[i]!, label: labels ?? label }))) ??
      1;
    return this.#temperature;
  }

  /** The scores of a set, also written into a folder with what the model made of each example. */
  async write(split: Split, folder: string, names: { model: string; data: string }): Promise<Evaluation> {
    const evaluation = await evaluationOf(this.#meaning, names, split.examples, await this.#logits(split));
    await writeEvaluation(folder, evaluation);
    return this.#scored(evaluation.report);
  }

  async dispose(): Promise<void> {
    await this.program.dispose();
  }

  get #meaning(): OutputMeaning {
    const { problemType, labels } = this.model;
    return { problemType, labels, temperature: this.#temperature };
  }

  #scored(report: EvaluationReport): Evaluation {
    return { metrics: metricsOf(report), score: scoreOf(report, this.metric), report };
  }

  /** A row of logits for each example. */
  async #logits({ store }: Split): Promise<Float32Array[]> {
    const outputs = this.model.labels.length;
    const rows = new Array<Float32Array>(store.length);
    await withTensorsOn(this.device, this.#weights, async (weights) => {
      for (const indexes of scoringBatches(store.lengths, BATCH, this.model)) {
        const batch = padBatch(store, indexes, this.padId);
        const { logits } = await this.program.run({ ...classificationFeeds(batch), ...weights });
        indexes.forEach((sequence, row) => {
          rows[sequence] = (logits?.data as Float32Array).slice(row * outputs, (row + 1) * outputs);
        });
      }
    });
    return meanOfTexts(rows, store.textOf);
  }
}

/** Higher is better. Of numbers the negative squared error. */
function scoreOf(report: EvaluationReport, metric: FinetuneConfig['metric']): number {
  if (report.problemType === 'regression') return -report.mse;
  return metric === 'accuracy' ? report.accuracy : report.macroF1;
}
