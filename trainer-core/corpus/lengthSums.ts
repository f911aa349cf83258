/** Where each of many things of different lengths begins, when they lie end to end: eight bytes for 256 of them. */

/** Sums are kept of every 256th; what lies between is added up. */
const BLOCK_SHIFT = 8;

export class LengthSums {
  /** What stands before each 256th. */
  readonly #starts: Float64Array;
  /** Of all lengths. */
  readonly total: number;

  constructor(private readonly lengths: ArrayLike<number>) {
    this.#starts = new Float64Array((lengths.length >>> BLOCK_SHIFT) + 1);
    let total = 0;
    for (let i = 0; i < lengths.length; i++) {
      if ((i & ((1 << BLOCK_SHIFT) - 1)) === 0) this.#starts[i >>> BLOCK_SHIFT] = total;
      total += lengths[i]!;
    }
    if ((lengths.length & ((1 << BLOCK_SHIFT) - 1)) === 0) this.#starts[lengths.length >>> BLOCK_SHIFT] = total;
    this.total = total;
  }

  /** The sum of the lengths before the one with index `i`. */
  before(i: number): number {
    let sum = this.#starts[i >>> BLOCK_SHIFT]!;
    for (let k = (i >>> BLOCK_SHIFT) << BLOCK_SHIFT; k < i; k++) sum += this.lengths[k]!;
    return sum;
  }
}
