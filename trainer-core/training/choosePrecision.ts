/** Half precision on trial: the first micro-batches of a run, computed both ways before any weight moves. */
import { INITIAL_LOSS_SCALE, LOW_SCALE } from '../optim/lossScale.js';
import { hasCode } from '../protocol/errors.js';
import type { PrecisionChoice } from '../protocol/events.js';
import type { FloatTensor, NamedTensors } from '../protocol/tensor.js';
import { agrees, comparePrecisions, type Trial } from './comparePrecisions.js';
import type { MicroBatch, Task } from './task.js';
import type { Run, TrainStep } from './trainStep.js';

/** Micro-batches of the trial, where an epoch has as many: a few long texts and a few short ones. */
export const TRIAL_MICRO_BATCHES = 8;

/**
 * Makes the step compute as the task asks for, unless a resumed run has it do so already. Gives the choice where there was one to make.
 * @param settled what the run has chosen before.
 */
export async function beginPrecision(
  { step, precision }: Pick<Task, 'step' | 'precision'>,
  settled: PrecisionChoice | undefined,
  choose: () => Promise<PrecisionChoice>,
): Promise<PrecisionChoice | undefined> {
  if (precision === 'fp32' || !step.usePrecision || step.lossScale) return settled;
  if (precision === 'auto' && settled?.precision !== 'fp16') return settled ?? (await choose());
  // Also where that was chosen and the checkpoint has no scale: it was saved on a device without half precision.
  await step.usePrecision(INITIAL_LOSS_SCALE);
  return settled;
}

/** Work for a trial, the same each time it is asked for. */
export interface TrialWork {
  microBatches: number;
  /** What the loss of a run is multiplied with in training: so small gradients are as small as they will be. */
  lossWeight: number;
  runs(): AsyncIterable<{ run: Run; dropoutSeed: number }>;
}

/** Micro-batches of one epoch as they will be trained on. */
export function trialWork(task: Task, microBatches: readonly MicroBatch[], lossWeight: number): TrialWork {
  return {
    microBatches: microBatches.length,
    lossWeight,
    async *runs() {
      const dropout = (microBatches[0] as MicroBatch).random.fork('dropout');
      for await (const run of task.prepare(microBatches, 0).runs) yield { run, dropoutSeed: dropout.uint32() };
    },
  };
}

/**
 * Leaves the step in half precision, with the largest scale that nothing overflowed under, if losses and gradients agree with those of
 * single precision; else in single precision, also where half precision fails. Reads every gradient back.
 * Throws what single precision throws, and `deviceLost`.
 */
export async function choosePrecision(step: TrainStep, work: TrialWork): Promise<PrecisionChoice> {
  const { microBatches } = work;
  await step.usePrecision?.(null);
  const single = await trial(step, work);
  if (!single) return { precision: 'fp32', reason: 'notFinite', microBatches, figures: null };
  const found = await halfPrecision(step, work, single);
  if (found.reason === 'agrees') return { precision: 'fp16', microBatches, ...found };
  step.discard();
  await step.usePrecision?.(null);
  return { precision: 'fp32', microBatches, ...found };
}

/** What half precision comes to, in which the step is left. A device may compute some kernels in it and refuse others. */
async function halfPrecision(
  step: TrainStep,
  work: TrialWork,
  single: Trial,
): Promise<Pick<PrecisionChoice, 'reason' | 'figures' | 'failure'>> {
  let { scale } = INITIAL_LOSS_SCALE;
  const use = async () => await step.usePrecision?.({ ...INITIAL_LOSS_SCALE, scale });
  try {
    await use();
    const half = await trial(step, work, async () => {
      if (scale <= LOW_SCALE) return false;
      scale /= 2;
      await use();
      return true;
    });
    if (!half) return { reason: 'overflows', figures: null };
    const figures = comparePrecisions(single, half);
    return { reason: agrees(figures) ? 'agrees' : 'differs', figures };
  } catch (error) {
    if (!hasCode(error, 'engineFailed') && !hasCode(error, 'outOfMemory')) throw error;
    return { reason: 'fails', figures: null, failure: error.data.reason.trim() };
  }
}

/** @param mend is asked when a gradient is not finite; true: once more, false: the trial has failed (null). */
async function trial(step: TrainStep, work: TrialWork, mend = async () => false): Promise<Trial | null> {
  const losses: number[] = [];
  const sums: NamedTensors = new Map();
  for await (const { run, dropoutSeed } of work.runs()) {
    for (;;) {
      await step.accumulate(run, work.lossWeight, dropoutSeed);
      const [reported] = await step.reported();
      const gradients = await step.gradients();
      step.discard();
      const total = reported?.total as number;
      if (Number.isFinite(total) && allFinite(gradients)) {
        losses.push(total);
        addTo(sums, gradients);
        break;
      }
      if (!(await mend())) return null;
    }
  }
  return { losses, gradients: sums };
}

function allFinite(tensors: NamedTensors): boolean {
  for (const { data } of tensors.values()) if (!Number.isFinite(data.reduce((sum, x) => sum + x, 0))) return false;
  return true;
}

function addTo(sums: NamedTensors, gradients: NamedTensors): void {
  for (const [name, { dims, data }] of gradients) {
    const sum = sums.get(name) as FloatTensor | undefined;
    if (!sum) sums.set(name, { dims, data: data.slice() });
    else for (let i = 0; i < data.length; i++) sum.data[i] = (sum.data[i] as number) + (data[i] as number);
  }
}
