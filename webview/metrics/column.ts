/** A list of numbers that grows at its end, in one typed array, so that 100,000 of them are read as fast as the machine can. */

const FIRST_CAPACITY = 256;

/** Float64 values; NaN stands for one that is missing. */
export class Column {
  #values = new Float64Array(FIRST_CAPACITY);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The values as they are now; good until the next change. */
  get values(): Float64Array {
    return this.#values.subarray(0, this.#length);
  }

  push(value: number): void {
    this.extend(this.#length + 1)[this.#length - 1] = value;
  }

  /** Makes the list `length` long and gives it, for the new values to be written into it. */
  extend(length: number): Float64Array {
    if (length > this.#values.length) {
      const larger = new Float64Array(Math.max(length, this.#values.length * 2));
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#length = length;
    return this.#values;
  }

  /** Adds NaN until there are `length` values. */
  pad(length: number): void {
    while (this.#length < length) this.push(Number.NaN);
  }

  /** Drops what is at `length` and after. */
  truncate(length: number): void {
    this.#length = Math.min(this.#length, length);
  }
}
