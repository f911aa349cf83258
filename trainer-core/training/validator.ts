/**
 * Scores a language model while it is being trained, on the very weights the training moves: how well it tells the hidden pieces of
 * sequences that are hidden in the same way each time, and how far it agrees with the teacher. R rows with a label, V vocabulary.
 */
import { gather } from '../graph/build.js';
import { Graph } from '../graph/graph.js';
import type { Value } from '../graph/ops.js';
import type { ModelConfig } from '../models/config.js';
import { encoder } from '../models/encoder.js';
import { maskedLmTransform, vocabularyLogits } from '../models/heads.js';
import type { FloatTensor, NamedTensors } from '../protocol/tensor.js';
import { withTensorsOn } from '../runtime/deviceMemory.js';
import type { Device } from '../runtime/devices.js';
import type { HostTensor } from '../runtime/hostTensor.js';
import { Program } from '../runtime/program.js';
import { argmax } from '../scores/probabilities.js';
import { type LanguageModelBatch, languageModelRuns } from './languageModelBatch.js';
import { rowsAtOnce } from './runSize.js';
import type { Evaluation } from './task.js';
import { type Teacher, TeacherProgram } from './teacher.js';
import { PREDICTIONS, TEACHER } from './teacherGraph.js';
import type { HostFeeds } from './trainStep.js';
import { TEACHER_PREFIX } from './vocabularyLosses.js';

/** Tokens worked on at a time. Where every token has a label all logits are read out, [tokens, V], so fewer are. */
const TOKENS_PER_RUN = { masked: 1024, causal: 256 };

export interface ValidatorOptions {
  student: ModelConfig;
  /** The very memory that the training writes to, and the weights that do not move. */
  weights: NamedTensors;
  teacher: Teacher | null;
  /** The teacher where it is ready to predict already; it stays its owner's. */
  predictor?: TeacherProgram | null;
  /** What to predict; it stays the same. */
  batches: readonly LanguageModelBatch[];
  causal: boolean;
  device: Device;
}

export class Validator {
  private constructor(
    private readonly program: Program,
    private readonly teacher: TeacherProgram | null,
    private readonly ownsTeacher: boolean,
    private readonly device: Device,
    private readonly weights: HostFeeds,
    private readonly runs: readonly HostFeeds[],
  ) {}

  static async create(options: ValidatorOptions): Promise<Validator> {
    const { student, teacher, predictor = null, weights, batches, causal, device } = options;
    const attentionMask = !causal;
    const program = await Program.compile(validationGraph(student, teacher?.config ?? null, attentionMask), {
      device,
      planMemory: false,
    });
    const reads = { ...PREDICTIONS, last: false };
    const cut = { labelledChunks: 1, otherChunks: 0, restrictCeToMask: true, attentionMask };
    const most = causal ? TOKENS_PER_RUN.causal : TOKENS_PER_RUN.masked;
    const tokensPerRun = rowsAtOnce(most, Math.max(student.vocabSize, teacher?.config.vocabSize ?? 0));
    const projection = [...(teacher?.projection ?? [])].map(([name, tensor]) => [`${TEACHER_PREFIX}${name}`, tensor]);
    return new Validator(
      program,
      teacher && (predictor ?? (await TeacherProgram.compile(teacher, attentionMask, reads, device, device))),
      predictor === null,
      device,
      { ...Object.fromEntries(weights), ...Object.fromEntries(projection) },
      languageModelRuns(batches, { ...cut, tokensPerRun })
        .map(({ feeds }) => feeds)
        .filter(({ rows }) => (rows as HostTensor).dims[0] !== 0),
    );
  }

  /**
   * `loss` is the mean cross-entropy of the labels, `perplexity` its exponential, `accuracy` how often the most probable piece is the
   * label; with a teacher `agreement` is how often it is the teacher's, and `kl` the mean KL(teacher ‖ student), both at temperature 1.
   */
  async score(): Promise<Evaluation> {
    const sums = { rows: 0, loss: 0, right: 0, agreeing: 0, divergence: 0 };
    await withTensorsOn(this.device, this.weights, async (weights) => {
      for (const feeds of this.runs) {
        const ofTeacher = await this.teacher?.run(feeds);
        const run = this.program.run({ ...feeds, ...ofTeacher?.feeds, ...weights });
        const { logits, teacherLogits } = await run.finally(() => ofTeacher?.dispose());
        addRows(sums, feeds.labels as HostTensor, logits as HostTensor, teacherLogits as HostTensor | undefined);
      }
    });
    const mean = (sum: number) => sum / sums.rows;
    const loss = mean(sums.loss);
    const metrics = { loss, perplexity: Math.exp(loss), accuracy: mean(sums.right) };
    const compared = this.teacher ? { agreement: mean(sums.agreeing), kl: mean(sums.divergence) } : {};
    return { metrics: { ...metrics, ...compared }, score: -loss };
  }

  async dispose(): Promise<void> {
    await this.program.dispose();
    if (this.ownsTeacher) await this.teacher?.dispose();
  }
}

/** The student without dropout: `logits` [R, V] at `rows`, and with a teacher `teacherLogits` [R, V] of what `teacherGraph` gives. */
function validationGraph(student: ModelConfig, teacher: ModelConfig | null, attentionMask: boolean): Graph {
  const graph = new Graph();
  const ctx = { g: graph, training: false };
  const { hidden } = encoder(ctx, student, { attentionMask });
  const rows = gather(graph, hidden.at(-1) as Value, graph.input('rows', ['rows'], 'int32')); // [R, H]
  graph.output('logits', vocabularyLogits(graph, student, maskedLmTransform(ctx, student, rows), 1));
  if (teacher) {
    const transformed = graph.input(TEACHER.transformed, ['rows', teacher.hiddenSize]);
    graph.output('teacherLogits', vocabularyLogits(graph, teacher, transformed, 1, TEACHER_PREFIX));
  }
  return graph;
}

interface Sums {
  rows: number;
  loss: number;
  right: number;
  agreeing: number;
  divergence: number;
}

function addRows(sums: Sums, labels: HostTensor, logits: HostTensor, teacherLogits: HostTensor | undefined): void {
  const size = logits.dims[1] as number;
  for (let row = 0; row < labels.data.length; row++) {
    const label = labels.data[row] as number;
    const own = rowOf(logits, row, size);
    const guess = argmax(own);
    const logSum = logSumExp(own, guess);
    sums.rows += 1;
    sums.loss += logSum - (own[label] as number);
    if (guess === label) sums.right += 1;
    if (!teacherLogits) continue;
    const theirs = rowOf(teacherLogits, row, size);
    const theirGuess = argmax(theirs);
    if (guess === theirGuess) sums.agreeing += 1;
    const theirLogSum = logSumExp(theirs, theirGuess);
    for (let i = 0; i < size; i++) {
      const logP = (theirs[i] as number) - theirLogSum;
      sums.divergence += Math.exp(logP) * (logP - (own[i] as number) + logSum);
    }
  }
}

function rowOf({ data }: FloatTensor | HostTensor, row: number, size: number): Float32Array {
  return (data as Float32Array).subarray(row * size, (row + 1) * size);
}

function logSumExp(values: Float32Array, highestAt: number): number {
  const shift = values[highestAt] as number;
  let sum = 0;
  for (const value of values) sum += Math.exp(value - shift);
  return shift + Math.log(sum);
}
