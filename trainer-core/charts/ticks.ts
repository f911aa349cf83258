/** Round numbers for axes. */

/** Multiples of 1, 2 or 5 times a power of ten from `min` to `max`, about `count` of them. */
export function linearTicks(min: number, max: number, count: number): number[] {
  if (!(max > min) || count < 1) return Number.isFinite(min) ? [min] : [];
  const rough = (max - min) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * (rough / power > 5 ? 10 : rough / power > 2 ? 5 : rough / power > 1 ? 2 : 1);
  const ticks: number[] = [];
  // Multiplied, not summed up, so that no error adds up; rounded, so that 0.30000000000000004 is 0.3.
  for (let index = Math.ceil(min / step - 1e-9); index * step <= max + step * 1e-9; index++) {
    ticks.push(Number((index * step).toPrecision(12)));
  }
  return ticks;
}

/** 1, 2 and 5 times the powers of ten from `min` (above 0) to `max`; only the powers when those are many. */
export function logTicks(min: number, max: number, count: number): number[] {
  if (!(min > 0) || !(max > min)) return min > 0 ? [min] : [];
  const first = Math.floor(Math.log10(min));
  const last = Math.ceil(Math.log10(max));
  const every = Math.max(1, Math.ceil((last - first) / count));
  const factors = last - first <= count / 2 ? [1, 2, 5] : [1];
  const ticks: number[] = [];
  for (let power = first; power <= last; power += every) {
    for (const factor of factors) {
      const tick = Number((factor * 10 ** power).toPrecision(12));
      if (tick >= min * (1 - 1e-9) && tick <= max * (1 + 1e-9)) ticks.push(tick);
    }
  }
  // Within one part of a decade there may be none: linear ticks are as good there.
  return ticks.length >= 2 ? ticks : linearTicks(min, max, count);
}
