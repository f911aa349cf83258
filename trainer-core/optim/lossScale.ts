/**
 * Dynamic loss scaling (Micikevicius et al. 2018, arXiv:1710.03740, section 3.2) by the rules and numbers of torch.amp.GradScaler: the
 * loss is multiplied so that small gradients do not vanish in half precision; a step whose gradients overflow is left out.
 */

export type LossScale = {
  /** What the loss is multiplied with: a power of two, so that dividing by it is exact. */
  scale: number;
  /** Steps since the scale last changed or a step was left out. */
  goodSteps: number;
};

export const INITIAL_LOSS_SCALE: Readonly<LossScale> = { scale: 2 ** 16, goodSteps: 0 };

export const GROWTH = 2;
export const BACKOFF = 0.5;
/** Good steps after which the scale grows. */
export const GROWTH_INTERVAL = 2000;

/**
 * Largest scale, which torch does not have: as many powers of two as float16 spans. Where gradients all but vanish the scale would grow
 * until its square, which AdamW divides by, is no float32.
 */
export const LARGEST_SCALE = 2 ** 40;

/** Below it nothing small is saved any more, and large gradients still overflow: the user is told. */
export const LOW_SCALE = 1;

/** Below it scaling is given up, as fairseq does (`--min-loss-scale`): gradients that overflow still are no longer the scale's fault. */
export const LOWEST_SCALE = 1e-4;

/** After a step whose scaled gradients were all finite (`good`), or were not. */
export function nextLossScale({ scale, goodSteps }: LossScale, good: boolean): LossScale {
  if (!good) return { scale: scale * BACKOFF, goodSteps: 0 };
  if (goodSteps + 1 < GROWTH_INTERVAL) return { scale, goodSteps: goodSteps + 1 };
  return { scale: Math.min(scale * GROWTH, LARGEST_SCALE), goodSteps: 0 };
}
