/** How far the axis of values reaches. */

/** From below the lowest to above the highest value, with some room; on a logarithmic scale all have to be above 0. */
export function valueRange(
  curves: readonly (readonly (number | null | undefined)[])[],
  logScale: boolean,
): [number, number] {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const curve of curves) {
    for (const value of curve) {
      if (typeof value !== 'number') continue;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  }
  if (min > max) return logScale ? [0.1, 1] : [0, 1];
  if (logScale) {
    const room = Math.max(1.02, (max / min) ** 0.05);
    return [min / room, max * room];
  }
  const room = max > min ? (max - min) * 0.06 : Math.abs(max) * 0.1 || 1;
  // Nothing that is drawn is below 0 unless it says so.
  return [min >= 0 ? Math.max(0, min - room) : min - room, max + room];
}
