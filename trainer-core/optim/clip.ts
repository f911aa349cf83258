/** Gradient clipping by global norm (Pascanu et al. 2013), as torch.nn.utils.clip_grad_norm_. */

/** The global norm √Σx², summed in double precision: float32 sums of this many terms lose digits that the reference keeps. */
export function globalNorm(x: Float32Array): number {
  // Four sums at a time, because each addition has to wait for the one before it in the same sum.
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  const whole = x.length - (x.length % 4);
  for (let i = 0; i < whole; i += 4) {
    const p = x[i] as number;
    const q = x[i + 1] as number;
    const r = x[i + 2] as number;
    const s = x[i + 3] as number;
    a += p * p;
    b += q * q;
    c += r * r;
    d += s * s;
  }
  for (let i = whole; i < x.length; i++) a += (x[i] as number) ** 2;
  return Math.sqrt(a + b + c + d);
}

/** What to multiply gradients of this global norm by. */
export function clipScale(norm: number, maxNorm: number): number {
  return Math.min(1, maxNorm / (norm + 1e-6));
}
