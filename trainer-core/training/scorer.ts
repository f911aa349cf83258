/** Scores a classifier while it is being trained, on the very weights the training moves. */
import { classificationFeeds, classificationGraph } from '../classify/classificationGraph.js';
import { meanOfTexts } from '../classify/meanOfTexts.js';
import { evaluationBatches, padBatch } from '../corpus/batches.js';
import type { EncodedTexts } from '../corpus/encodeTexts.js';
import type { LabelledExample } from '../labelled/labelledExample.js';
import type { ModelConfig } from '../models/config.js';
import type { FinetuneConfig } from '../protocol/finetuneConfig.js';
import type { NamedTensors } from '../protocol/tensor.js';
import { Program } from '../runtime/program.js';
import { classificationReport } from '../scores/classificationReport.js';
import { softmax } from '../scores/probabilities.js';
import type { Evaluation } from './task.js';
import type { Feeds } from './trainStep.js';

/** Texts scored together. */
const BATCH = 32;

/** Labelled texts, and their sequences, of which a text can have several (`store.textOf`). */
export interface Split {
  examples: readonly LabelledExample[];
  store: EncodedTexts;
}

export class Scorer {
  readonly #weights: Feeds;

  private constructor(
    private readonly program: Program,
    private readonly labels: readonly string[],
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
    threads: number,
    metric: FinetuneConfig['metric'],
  ): Promise<Scorer> {
    const { graph, logits } = classificationGraph(model, false);
    graph.output('logits', logits);
    return new Scorer(await Program.compile(graph, { threads }), model.labels, padId, metric, weights);
  }

  async score({ examples, store }: Split): Promise<Evaluation> {
    const classes = this.labels.length;
    const rows = new Array<Float32Array>(store.length);
    for (const indexes of evaluationBatches(store.lengths, BATCH)) {
      const batch = padBatch(store, indexes, this.padId);
      const { logits } = await this.program.run({ ...classificationFeeds(batch), ...this.#weights });
      indexes.forEach((sequence, row) => {
        rows[sequence] = (logits?.data as Float32Array).slice(row * classes, (row + 1) * classes);
      });
    }
    const scored = meanOfTexts(rows, store.textOf).map((logits, i) => ({
      ...(examples[i] as LabelledExample),
      probabilities: softmax(logits),
    }));
    const report = classificationReport(this.labels, scored);
    const { accuracy, macroF1, loss } = report;
    return { metrics: { accuracy, macroF1, loss }, score: this.metric === 'accuracy' ? accuracy : macroF1, report };
  }

  async dispose(): Promise<void> {
    await this.program.dispose();
  }
}
