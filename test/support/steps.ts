/** Training steps, run by run. */
import type { Reported, Run, TrainStep } from '../../trainer-core/training/trainStep.js';

/** Adds a run to the step at hand and gives what it reports. */
export async function accumulated(
  step: TrainStep,
  run: Run,
  lossWeight: number,
  dropoutSeed: number,
): Promise<Reported> {
  await step.accumulate(run, lossWeight, dropoutSeed);
  return (await step.reported()).at(-1) as Reported;
}
