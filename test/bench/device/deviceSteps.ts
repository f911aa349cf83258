/** Steps on a device as the product does them: its own tasks with random weights, on sequences of one length. */
import { Random } from '../../../trainer-core/corpus/random.js';
import { INITIAL_LOSS_SCALE } from '../../../trainer-core/optim/lossScale.js';
import type { Device } from '../../../trainer-core/runtime/devices.js';
import type { Task } from '../../../trainer-core/training/task.js';
import { isFiniteResult, isSkipped, type StepResult } from '../../../trainer-core/training/trainStep.js';
import { distillation } from '../distillation.js';
import { type BenchOptions, classification, finetuning, sequences } from '../steps.js';
import type { Precision } from './probes.js';

export interface StepOptions extends BenchOptions {
  mode: 'finetune' | 'distill' | 'infer';
  device: Device;
  precision: Precision;
}

export interface DeviceSteps {
  /** One step. What it returns from may still be at work. */
  step(): Promise<void>;
  /** Waits until all steps are done. Throws where one came to something that is not a number. */
  settle(): Promise<void>;
  end(): Promise<void>;
}

/** Makes everything ready for steps of `options.batch` sequences: one micro-batch each. */
export async function deviceSteps(options: StepOptions): Promise<DeviceSteps> {
  if (options.mode === 'infer') {
    const { program, feeds } = await classification(options, options.device, options.precision);
    const step = async () => {
      const { logits } = await program.run(feeds);
      if (!logits?.data.every(Number.isFinite)) throw new Error('logits are not finite');
    };
    // Each answer has been read by then.
    return { step, settle: async () => {}, end: () => program.dispose() };
  }
  const task = await (options.mode === 'finetune' ? finetuning(options, options.device) : distillationTask(options));
  if (options.precision === 'fp16') await goOverToHalf(task);
  const examples = Uint32Array.from({ length: options.batch }, (_, i) => i);
  const random = Random.fromSeed(0);
  let steps = 0;
  return {
    async step() {
      const stream = random.fork(steps++);
      const { runs } = task.prepare([{ examples, random: stream, epoch: 0 }], 0);
      for await (const run of runs) await task.step.accumulate(run, 1, stream.uint32());
      check(await task.step.update(2e-5));
    },
    settle: async () => check(await task.step.results()),
    end: () => task.dispose(),
  };
}

async function distillationTask(options: StepOptions): Promise<Task> {
  const store = sequences(options);
  const batch = Array.from({ length: store.length }, (_, i) => [...store.at(i)]);
  return await distillation(
    { ...options, accumulation: 1, teacherPrecision: options.precision },
    [batch],
    options.device,
  );
}

/** As a run does after its check of the first steps. */
async function goOverToHalf({ step }: Task): Promise<void> {
  if (!step.usePrecision) throw new Error('steps of this kind have single precision only');
  await step.usePrecision(INITIAL_LOSS_SCALE);
}

/** A step that half precision leaves out costs as much as another. */
function check(results: readonly StepResult[]): void {
  const wrong = results.find((result) => !isFiniteResult(result) && !isSkipped(result));
  if (wrong) throw new Error(`a step came to ${JSON.stringify(wrong)}`);
}
