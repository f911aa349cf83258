/** Works out a teacher's most probable pieces. R rows, H hidden, V vocabulary. */
import { logSoftmax, topK } from '../graph/build.js';
import { Graph } from '../graph/graph.js';
import { vocabularyLogits } from '../models/heads.js';
import type { NamedTensors } from '../protocol/tensor.js';
import type { Device } from '../runtime/devices.js';
import { float32, type HostTensor } from '../runtime/hostTensor.js';
import { Program } from '../runtime/program.js';
import { type LanguageModelBatch, languageModelRuns } from './languageModelBatch.js';
import { rowsAtOnce } from './runSize.js';
import { type Teacher, TeacherProgram } from './teacher.js';
import { PREDICTIONS, TEACHER } from './teacherGraph.js';
import { bySequence, NOTHING, type TopRows } from './topPredictions.js';
import type { HostFeeds } from './trainStep.js';

/** Rows whose logits are held at a time. */
const ROWS_AT_ONCE = 256;

/** Tokens that the teacher works on at a time. */
const TOKENS_PER_RUN = 1024;

export interface TopPredictorOptions {
  /** With its vocabulary projection. */
  teacher: Teacher;
  /** At most V. */
  k: number;
  temperature: number;
  device: Device;
}

export class TopPredictor {
  private constructor(
    private readonly encoder: TeacherProgram,
    private readonly top: Program,
    private readonly projection: NamedTensors,
    private readonly k: number,
    private readonly vocabSize: number,
  ) {}

  static async compile({ teacher, k, temperature, device }: TopPredictorOptions): Promise<TopPredictor> {
    const { config, projection } = teacher;
    if (!projection) throw new Error('this teacher predicts nothing');
    const graph = new Graph();
    const transformed = graph.input(TEACHER.transformed, ['rows', config.hiddenSize]);
    const found = topK(graph, logSoftmax(graph, vocabularyLogits(graph, config, transformed, 1 / temperature)), k);
    graph.output('logProbabilities', found.values);
    graph.output('pieces', found.columns);
    const encoder = await TeacherProgram.compile(teacher, true, { ...PREDICTIONS, last: false }, device);
    return new TopPredictor(encoder, await Program.compile(graph, { device }), projection, k, config.vocabSize);
  }

  /** Of the sequences of a batch, which have their numbers; in any order. */
  async *predict(
    batch: LanguageModelBatch,
    restrictCeToMask: boolean,
  ): AsyncGenerator<[sequence: number, rows: TopRows]> {
    const cut = { labelledChunks: 1, otherChunks: restrictCeToMask ? 0 : 1, restrictCeToMask, attentionMask: true };
    for (const run of languageModelRuns([batch], { ...cut, tokensPerRun: TOKENS_PER_RUN })) {
      const rows = bySequence(run, await this.#ofRun(run.feeds), this.k, restrictCeToMask);
      for (const [i, sequence] of run.sequences.entries()) yield [sequence, rows[i] as TopRows];
    }
  }

  /** Of all rows of a run. @param feeds those of the encoder, and `rows`. */
  async #ofRun(feeds: HostFeeds): Promise<TopRows> {
    const { k } = this;
    const { data, dims } = (await this.encoder.run(feeds)).feeds[TEACHER.transformed] as HostTensor;
    const [rows, hidden] = dims as [number, number];
    const found = { pieces: new Int32Array(rows * k), logProbabilities: new Float32Array(rows * (k + 1)) };
    const atOnce = rowsAtOnce(ROWS_AT_ONCE, this.vocabSize);
    for (let row = 0; row < rows; row += atOnce) {
      const count = Math.min(atOnce, rows - row);
      const part = float32((data as Float32Array).subarray(row * hidden, (row + count) * hidden), [count, hidden]);
      const made = await this.top.run({ ...Object.fromEntries(this.projection), [TEACHER.transformed]: part });
      found.pieces.set(made.pieces?.data as Int32Array, row * k);
      for (let i = 0; i < count; i++) {
        const known = (made.logProbabilities?.data as Float32Array).subarray(i * k, (i + 1) * k);
        found.logProbabilities.set(known, (row + i) * (k + 1));
        found.logProbabilities[(row + i) * (k + 1) + k] = k < this.vocabSize ? logRest(known) : NOTHING;
      }
    }
    return found;
  }

  async dispose(): Promise<void> {
    await this.encoder.dispose();
    await this.top.dispose();
  }
}

/** The logarithm of what probabilities lack to 1. */
function logRest(logProbabilities: Float32Array): number {
  const rest = 1 - logProbabilities.reduce((sum, x) => sum + Math.exp(x), 0);
  return rest > 0 ? Math.max(Math.log(rest), NOTHING) : NOTHING;
}
