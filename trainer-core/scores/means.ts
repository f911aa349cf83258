/** Means of columns of figures; 0 of none. Loops by place, because a bootstrap goes through them a thousand times. */

/** Of all. */
export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return values.length === 0 ? 0 : sum / values.length;
}

/** Of those that were drawn, by their places; each as often as it was. */
export function meanOfDrawn(values: ArrayLike<number>, drawn: Uint32Array): number {
  let sum = 0;
  for (let k = 0; k < drawn.length; k++) sum += values[drawn[k]!]!;
  return drawn.length === 0 ? 0 : sum / drawn.length;
}
