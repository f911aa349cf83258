/** Bytes that came and were not given on yet, in one piece of memory. */

const FIRST_BYTES = 2 * 1024 * 1024;

export class PendingBytes {
  #memory = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** All of them; good until something is added or taken. */
  get bytes(): Buffer {
    return this.#memory.subarray(0, this.#length);
  }

  add(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length;
    if (needed > this.#memory.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#memory.length * 2));
      larger.set(this.bytes);
      this.#memory = larger;
    }
    this.#memory.set(bytes, this.#length);
    this.#length = needed;
  }

  /** Gives the first `count`, in memory that is theirs alone, so that it can be handed to another thread. */
  take(count: number): Buffer {
    const taken = this.#memory.subarray(0, count);
    const rest = this.#memory.subarray(count, this.#length);
    this.#memory = Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, rest.length));
    this.#memory.set(rest);
    this.#length = rest.length;
    return taken;
  }

  /** Forgets those from `from` up to `to`. */
  cut(from: number, to: number): void {
    this.#memory.copyWithin(from, to, this.#length);
    this.#length -= to - from;
  }
}
