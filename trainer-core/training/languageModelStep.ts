/** What computes in pre-training and distillation: the student's training step, and the teacher that it is compared with. */

import { dependencies } from '../graph/graph.js';
import type { ModelConfig } from '../models/config.js';
import { parameterShapes, selectParameters } from '../models/parameters.js';
import type { FloatTensor, NamedTensors } from '../protocol/tensor.js';
import type { Device } from '../runtime/devices.js';
import { madeWhole } from '../runtime/madeWhole.js';
import {
  type CutOptions,
  type LanguageModelBatch,
  type LanguageModelRun,
  languageModelRuns,
} from './languageModelBatch.js';
import { languageModelGraph } from './languageModelGraph.js';
import { hasLoss, isCausal, type LanguageModelLosses, scheduleFeeds, teacherReads } from './lossSettings.js';
import { type Teacher, TeacherProgram } from './teacher.js';
import { readsNothing } from './teacherGraph.js';
import { type TopPredictions, topFeeds } from './topPredictions.js';
import { createTrainStep, type HostFeeds, type Run, type TrainStep, type TrainStepOptions } from './trainStep.js';
import { TEACHER_PREFIX } from './vocabularyLosses.js';

/** How the work is cut up, which changes memory and time but not the result; `otherChunks` counts only where other rows are read. */
export type LanguageModelLayout = Pick<CutOptions, 'labelledChunks' | 'otherChunks' | 'tokensPerRun'>;

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
  /** True when the step's `gradients` is asked for. */
  keepGradients?: boolean;
  device: Device;
}

export class LanguageModelStep {
  private constructor(
    readonly step: TrainStep,
    private readonly teacher: TeacherProgram | null,
    private cut: CutOptions,
    private readonly losses: LanguageModelLosses,
  ) {}

  /** The teacher where a loss reads what it predicts, to predict for others too. */
  get predictor(): TeacherProgram | null {
    return teacherReads(this.losses).transformed ? this.teacher : null;
  }

  /** Builds the graphs. Throws `tensorsMissing` and `tensorsMisshapen`. */
  static async create(options: LanguageModelStepOptions): Promise<LanguageModelStep> {
    const { student, teacher, losses, layout, frozen, adamw, accumulate, keepGradients = false, device } = options;
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
      const tensor = ofTeacher
        ? teacher?.projection?.get(name.slice(TEACHER_PREFIX.length))
        : student.weights.get(name);
      fixed.set(name, tensor as FloatTensor);
    }
    return await madeWhole(async (own) => {
      const step = own(
        await createTrainStep({
          graph,
          loss: total,
          reported: { total, ...language.losses },
          weights: selectParameters(trained, student.weights, student.source),
          fixed,
          adamw,
          accumulate,
          keepGradients,
          device,
        }),
      );
      const reads = teacherReads(losses);
      const program =
        teacher && !readsNothing(reads)
          ? await TeacherProgram.compile(teacher, cut.attentionMask, reads, device, device)
          : null;
      return new LanguageModelStep(step, program, cut, losses);
    });
  }

  /**
   * The runs for `step.accumulate` of a step's micro-batches, cut at once; what the teacher makes of one is worked out when it is
   * asked for, and let go when the next one is. Their losses add up to the sum of the micro-batches' means.
   * @param progress 0 at the first step of the training, 1 at the last.
   * @param predictions for losses with `topK`: the teacher's for the sequences of the batches, which have their numbers.
   */
  runs(
    batches: readonly LanguageModelBatch[],
    progress = 0,
    predictions: TopPredictions | null = null,
  ): AsyncGenerator<Run> {
    const scheduled = scheduleFeeds(this.losses, progress);
    return this.#withTeacher(languageModelRuns(batches, this.cut), scheduled, predictions);
  }

  async *#withTeacher(
    runs: readonly LanguageModelRun[],
    scheduled: HostFeeds,
    predictions: TopPredictions | null,
  ): AsyncGenerator<Run> {
    const { restrictCeToMask } = this.cut;
    for (const run of runs) {
      // Not kept with the runs: the teacher's part of a whole step is large.
      const top = predictions && (await topFeeds(run, predictions, restrictCeToMask));
      const ofTeacher = await this.teacher?.run(run.feeds);
      try {
        yield { ...run, feeds: { ...run.feeds, ...scheduled, ...ofTeacher?.feeds, ...top } };
      } finally {
        ofTeacher?.dispose();
      }
    }
  }

  /** Cuts steps into runs of at most so many tokens from now on. */
  setTokensPerRun(tokensPerRun: number): void {
    this.cut = { ...this.cut, tokensPerRun };
  }

  async dispose(): Promise<void> {
    await this.step.dispose();
    await this.teacher?.dispose();
  }
}
