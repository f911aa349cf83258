/** What a run will cost in time and memory: its own task, a few steps of which are timed. Nothing is written. */

import type { Batches } from '../corpus/batches.js';
import { Random } from '../corpus/random.js';
import { INITIAL_LOSS_SCALE } from '../optim/lossScale.js';
import type { Estimate, OnStage } from '../protocol/jobs.js';
import { freeMemory } from '../runtime/freeMemory.js';
import type { LoopSettings, PreparedTask, Task } from './task.js';
import { withinMemory } from './withinMemory.js';

/** Text that is read at most; at some megabytes a second that is a moment. */
const LIMIT_BYTES = 4 * 1024 * 1024;
/** Short micro-batches are timed again and again for this long, long ones once. */
const TIMING_SECONDS = 1;
const FLOAT_BYTES = 4;
/** What a token of labelled texts takes in memory: its id in two bytes, and the bit that begins a word. */
const BYTES_PER_TOKEN = 2 + 1 / 8;
/** What a sequence of a corpus takes, whose ids stay on the disk: its length, its place in the order of an epoch, the start of a batch. */
const BYTES_PER_SEQUENCE = 2 + 4 + 4;

export interface EstimateOptions {
  signal: AbortSignal;
  onStage: OnStage;
  /** Memory that the run may take; default: what is free, and what this process has. */
  availableBytes?: number;
}

/**
 * Times the task that `prepare` makes with about `limitBytes` of the text. Beyond that, sequences, tokens and steps are
 * extrapolated by bytes. Evaluations and checkpoints are not counted. Throws what `prepare` throws, and the signal's reason.
 */
export async function estimateRun(
  prepare: (limitBytes: number) => Promise<PreparedTask>,
  config: LoopSettings,
  // What is taken from now on is this run's own.
  { signal, onStage, availableBytes = freeMemory() + process.memoryUsage.rss() }: EstimateOptions,
): Promise<Estimate> {
  onStage({ phase: 'loading', done: 0, total: null, unit: 'steps' });
  const { task, teacher, part, cacheCost } = await prepare(LIMIT_BYTES);
  try {
    if (task.precision === 'fp16') await task.step.usePrecision?.(INITIAL_LOSS_SCALE);
    const batches = task.batches(0);
    const { microSeconds, updateSeconds } = await timeSteps(task, batches, config, { signal, onStage });
    const secondsPerStep = config.gradientAccumulationSteps * microSeconds + updateSeconds;
    const tokensPerStep = (config.gradientAccumulationSteps * task.tokensPerEpoch) / batches.length;
    const planned = Math.round(task.totalSteps / part);
    const teacherCacheBytes = cacheCost ? Math.ceil(cacheCost.sizeBytes / part) : null;
    const teacherCacheSeconds = cacheCost ? cacheCost.seconds() / part : 0;
    const limit = Math.min(planned, config.maxSteps ?? planned);
    const mostSeconds = config.maxMinutes === null ? Number.POSITIVE_INFINITY : config.maxMinutes * 60;
    const whole = (ofPart: number) => Math.round(ofPart / part);
    const unread = (ofPart: number) => whole(ofPart) - ofPart;
    const { size } = task.step.store;
    const unreadBytes =
      task.objective === 'finetune'
        ? unread(task.tokensPerEpoch) * BYTES_PER_TOKEN
        : unread(task.sequences) * BYTES_PER_SEQUENCE;
    const memoryBytes = process.resourceUsage().maxRSS * 1024 + Math.ceil(unreadBytes);
    const parts = {
      weights: FLOAT_BYTES * size,
      // Runs add up in place.
      gradients: FLOAT_BYTES * size,
      moments: FLOAT_BYTES * size * 2,
      teacher: teacher?.bytes ?? 0,
    };
    const known = parts.weights + parts.gradients + parts.moments + parts.teacher;
    return {
      type: 'estimate',
      objective: task.objective,
      parameters: task.step.store.size,
      teacherParameters: teacher?.parameters ?? null,
      sequences: whole(task.sequences),
      tokensPerEpoch: whole(task.tokensPerEpoch),
      extrapolated: part < 1,
      totalSteps: Math.min(limit, Math.max(1, Math.floor(mostSeconds / secondsPerStep))),
      secondsPerStep,
      tokensPerSecond: tokensPerStep / secondsPerStep,
      seconds: teacherCacheSeconds + Math.min(limit * secondsPerStep, mostSeconds),
      device: task.device.name,
      memoryBytes,
      memoryParts: { ...parts, rest: Math.max(0, memoryBytes - known) },
      flopsPerStep: tokensPerStep * (6 * size + 2 * (teacher?.parameters ?? 0)),
      // Weights and two moments a checkpoint; then two models, and what is kept of the teacher.
      diskBytes: FLOAT_BYTES * size * (3 * (config.keepCheckpoints + 1) + 2) + (teacherCacheBytes ?? 0),
      teacherCacheBytes,
      availableBytes,
    };
  } finally {
    await task.dispose();
  }
}

/** Seconds of a typical micro-batch, in company that fills a run, and of the optimiser. The largest is run too, for its memory. */
async function timeSteps(
  task: Task,
  batches: Batches,
  { gradientAccumulationSteps }: LoopSettings,
  { signal, onStage }: Pick<EstimateOptions, 'signal' | 'onStage'>,
): Promise<{ microSeconds: number; updateSeconds: number }> {
  const stage = (done: number) => onStage({ phase: 'timing', done, total: 3, unit: 'steps' });
  const random = Random.fromSeed(0);
  const seconds = { micro: 0, update: 0, count: 0 };
  const step = async (examples: Uint32Array) => {
    const tokens = examples.reduce((n, i) => n + task.lengths[i]!, 0);
    const count = Math.min(gradientAccumulationSteps, Math.ceil(task.tokensPerRun / tokens));
    const microBatches = Array.from({ length: count }, (_, i) => ({
      examples,
      random: random.fork(seconds.count, i),
      epoch: 0,
    }));
    const start = await withinMemory(task, async () => {
      const begun = performance.now();
      for await (const run of task.prepare(microBatches, 0).runs) {
        signal.throwIfAborted();
        await task.step.accumulate(run, 1 / gradientAccumulationSteps, seconds.count);
      }
      return begun;
    });
    const middle = performance.now();
    // At a learning rate of 0 no weight moves, however often.
    await task.step.update(0);
    await task.step.results();
    seconds.micro += (middle - start) / 1000 / count;
    seconds.update += (performance.now() - middle) / 1000;
    seconds.count++;
  };
  const { typical, largest } = samples(batches, task.lengths);
  stage(0);
  await step(typical);
  stage(1);
  await step(largest);
  stage(2);
  Object.assign(seconds, { micro: 0, update: 0, count: 0 });
  do await step(typical);
  while (seconds.micro + seconds.update < TIMING_SECONDS);
  stage(3);
  return { microSeconds: seconds.micro / seconds.count, updateSeconds: seconds.update / seconds.count };
}

/** The batch whose size, padding counted, is nearest to the mean, and the largest one. */
export function samples(
  batches: Iterable<Uint32Array>,
  lengths: ArrayLike<number>,
): { typical: Uint32Array; largest: Uint32Array } {
  const size = (batch: Uint32Array) => batch.length * batch.reduce((longest, i) => Math.max(longest, lengths[i]!), 0);
  let [count, sum] = [0, 0];
  for (const batch of batches) [count, sum] = [count + 1, sum + size(batch)];
  const none = new Uint32Array();
  const [nearest, most] = [
    { batch: none, off: Number.POSITIVE_INFINITY },
    { batch: none, size: 0 },
  ];
  for (const batch of batches) {
    const off = Math.abs(size(batch) - sum / count);
    if (off < nearest.off) Object.assign(nearest, { batch, off });
    if (size(batch) > most.size) Object.assign(most, { batch, size: size(batch) });
  }
  return { typical: nearest.batch, largest: most.batch };
}
