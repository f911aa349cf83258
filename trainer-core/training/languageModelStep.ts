/** What computes in pre-training and distillation: the student's training step, and the teacher that it is compared with. */

import { dependencies } from '../graph/graph.js';
import { folderWeights, type Weights } from '../hub/initializers.js';
import type { LoadedModel } from '../hub/modelFiles.js';
import type { ModelConfig } from '../models/config.js';
import { embeddingParameter } from '../models/encoder.js';
import { maskedLmParameters } from '../models/heads.js';
import { parameterShapes, selectParameters } from '../models/parameters.js';
import type { FloatTensor, NamedTensors } from '../protocol/tensor.js';
import { Program } from '../runtime/program.js';
import { type CutOptions, type LanguageModelBatch, languageModelRuns } from './languageModelBatch.js';
import { languageModelGraph } from './languageModelGraph.js';
import { hasLoss, isCausal, type LanguageModelLosses, scheduleFeeds, teacherReads } from './lossSettings.js';
import { readsNothing, type TeacherReads, teacherGraph } from './teacherGraph.js';
import { type Run, TrainStep, type TrainStepOptions } from './trainStep.js';
import { TEACHER_PREFIX } from './vocabularyLosses.js';

/** How the work is cut up, which changes memory and time but not the result; `otherChunks` counts only where other rows are read. */
export type LanguageModelLayout = Pick<CutOptions, 'labelledChunks' | 'otherChunks' | 'tokensPerRun'>;

/** A teacher: its encoder runs in a graph of its own, its vocabulary projection in the student's, chunk by chunk. */
export interface Teacher {
  config: ModelConfig;
  weights: Weights;
  /** The word embeddings and the output bias, by name. */
  projection: NamedTensors;
}

export interface LanguageModelStepOptions {
  /** `source` is where the weights came from, for errors. Where hidden sizes differ, its projections are among the weights. */
  student: { config: ModelConfig; weights: NamedTensors; source: string };
  teacher: Teacher | null;
  losses: LanguageModelLosses;
  layout: LanguageModelLayout;
  /** Parameters of the student that stay as they are. Those that no loss depends on do so too. */
  frozen: readonly string[];
  adamw: TrainStepOptions['adamw'];
  /** True when a step sums the gradients of several runs. */
  accumulate: boolean;
  threads: number;
}

export class LanguageModelStep {
  private constructor(
    readonly step: TrainStep,
    private readonly teacher: Program | null,
    private readonly cut: CutOptions,
    private readonly losses: LanguageModelLosses,
  ) {}

  /** Builds the graphs. Throws `tensorsMissing` and `tensorsMisshapen`. */
  static async create(options: LanguageModelStepOptions): Promise<LanguageModelStep> {
    const { student, teacher, losses, layout, frozen, adamw, accumulate, threads } = options;
    const readsAll = (['ce', 'mse', 'cos'] as const).some((name) => hasLoss(losses, name));
    const causal = isCausal(losses);
    const cut: CutOptions = {
      ...layout,
      otherChunks: readsAll ? layout.otherChunks : 0,
      // In causal modelling all real tokens have a label in the reference's eyes, the last one too.
      restrictCeToMask: losses.restrictCeToMask && !causal,
      attentionMask: !causal,
    };
    const language = languageModelGraph({
      ...losses,
      ...cut,
      student: student.config,
      teacher: teacher?.config ?? null,
    });
    const { graph, total } = language;
    const reached = dependencies(total);
    const shapes = new Map([...parameterShapes(graph)].filter(([name]) => reached.has(graph.parameter(name, []))));
    const isTrained = (name: string) => !name.startsWith(TEACHER_PREFIX) && !frozen.includes(name);
    const trained = new Map([...shapes].filter(([name]) => isTrained(name)));
    const fixed: NamedTensors = new Map();
    for (const name of shapes.keys()) {
      if (isTrained(name)) continue;
      const ofTeacher = name.startsWith(TEACHER_PREFIX);
      const tensor = ofTeacher ? teacher?.projection.get(name.slice(TEACHER_PREFIX.length)) : student.weights.get(name);
      fixed.set(name, tensor as FloatTensor);
    }
    const step = await TrainStep.create({
      graph,
      loss: total,
      reported: { total, ...language.losses },
      weights: selectParameters(trained, student.weights, student.source),
      fixed,
      adamw,
      accumulate,
      threads,
    });
    const reads = teacherReads(losses);
    const program =
      teacher && !readsNothing(reads) ? await compileTeacher(teacher, cut.attentionMask, reads, threads) : null;
    return new LanguageModelStep(step, program, cut, losses);
  }

  /**
   * The runs for `step.accumulate` of a step's micro-batches, each with what the teacher makes of it, one made when it is asked for.
   * Their losses add up to the sum of the micro-batches' means.
   * @param progress 0 at the first step of the training, 1 at the last.
   */
  async *runs(batches: readonly LanguageModelBatch[], progress = 0): AsyncGenerator<Run> {
    const scheduled = scheduleFeeds(this.losses, progress);
    for (const run of languageModelRuns(batches, this.cut)) {
      Object.assign(run.feeds, scheduled, await this.teacher?.run(run.feeds));
      yield run;
    }
  }

  async dispose(): Promise<void> {
    await this.step.dispose();
    await this.teacher?.dispose();
  }
}

/** What is read of the teacher. Its weights are used in place: a rearranged copy would cost more memory than it saves time. */
async function compileTeacher(
  { config, weights }: Teacher,
  attentionMask: boolean,
  reads: TeacherReads,
  threads: number,
): Promise<Program> {
  return await Program.compile(teacherGraph(config, attentionMask, reads), { threads, ...weights, prepack: false });
}

/** Makes a teacher of a loaded model. Its weights are mapped from the folder where they can be; `model.weights` may then be let go. */
export async function teacherOf({ config, folder, weights }: LoadedModel): Promise<Teacher> {
  const names = [`${embeddingParameter(config, 'word_embeddings')}.weight`, maskedLmParameters(config).bias];
  const projection: NamedTensors = new Map(names.map((name) => [name, weights.get(name) as FloatTensor]));
  return { config, projection, weights: await folderWeights(folder, parameterShapes(teacherGraph(config, true))) };
}
