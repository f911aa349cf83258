/** AdamW (Loshchilov & Hutter 2019) as torch.optim.AdamW computes it. */

export interface AdamWSettings {
  beta1: number;
  beta2: number;
  epsilon: number;
}

/**
 * m' = beta1·m + (1-beta1)·c·g, v' = beta2·v + (1-beta2)·(c·g)², p' = keep·p - stepSize·m' / (√v' + epsilon),
 * which is torch's lr/(1-beta1^t) · m' / (√v'/√(1-beta2^t) + eps) with both sides multiplied by √(1-beta2^t).
 */
export interface AdamWNumbers {
  /** beta1 and (1 - beta1) · clip. */
  decayM: number;
  gradM: number;
  /** beta2 and (1 - beta2) · clip². */
  decayV: number;
  gradV: number;
  /** learningRate · √(1 - beta2^t) / (1 - beta1^t). */
  stepSize: number;
  /** epsilon · √(1 - beta2^t): epsilon as it stands before the bias correction is divided out. */
  epsilon: number;
  /** 1 - learningRate · weightDecay. */
  keep: number;
}

/**
 * @param step the optimiser step, counted from 1.
 * @param clip what gradients are multiplied by to bound their global norm.
 */
export function adamwNumbers(
  { beta1, beta2, epsilon }: AdamWSettings,
  step: number,
  learningRate: number,
  weightDecay: number,
  clip: number,
): AdamWNumbers {
  const correction = Math.sqrt(1 - beta2 ** step);
  return {
    decayM: beta1,
    gradM: (1 - beta1) * clip,
    decayV: beta2,
    gradV: (1 - beta2) * clip * clip,
    stepSize: (learningRate * correction) / (1 - beta1 ** step),
    epsilon: epsilon * correction,
    keep: 1 - learningRate * weightDecay,
  };
}

/**
 * True for parameters without weight decay: Hugging Face's rule looks for `bias` or `LayerNorm.weight` in the NAME, so DistilBERT's
 * `sa_layer_norm`, `output_layer_norm` and `vocab_layer_norm` weights are decayed.
 */
export function hasNoDecay(name: string): boolean {
  return name.includes('bias') || name.includes('LayerNorm.weight');
}
