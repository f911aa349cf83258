/** The linear schedule with warm-up of Hugging Face's `get_linear_schedule_with_warmup`. */

export interface Schedule {
  learningRate: number;
  totalSteps: number;
  warmupSteps: number;
}

/** The learning rate of optimiser step `step`, counted from 0: with any warm-up the first is 0. */
export function learningRateAt({ learningRate, totalSteps, warmupSteps }: Schedule, step: number): number {
  if (step < warmupSteps) return (learningRate * step) / Math.max(1, warmupSteps);
  return learningRate * Math.max(0, (totalSteps - step) / Math.max(1, totalSteps - warmupSteps));
}
