/** The upper tail of the chi-square distribution with one degree of freedom, by the complementary error function. */

/** The probability of a value above `x` ≥ 0. */
export function chiSquareTail(x: number): number {
  return erfc(Math.sqrt(x / 2));
}

/** 1 − erf(x) for x ≥ 0 to about 13 digits: the series of Abramowitz and Stegun 7.1.6, and from 2 on the continued fraction 7.1.14. */
function erfc(x: number): number {
  const scale = Math.exp(-x * x) / Math.sqrt(Math.PI);
  if (x < 2) {
    let [term, sum] = [2 * x, 2 * x];
    for (let n = 1; term > sum * 1e-17; n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return 1 - scale * sum;
  }
  let fraction = x;
  for (let n = 100; n >= 1; n--) fraction = x + n / 2 / fraction;
  return scale / fraction;
}
