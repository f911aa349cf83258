/** Searches forward that start later and later, in linear time over all of them. */

export class NextIndex {
  private found = -1;

  constructor(
    private readonly text: string,
    private readonly needle: string,
  ) {}

  /** Offset of the first `needle` at or after `at`, Infinity without one. `at` never goes back. */
  from(at: number): number {
    if (this.found < at) {
      const index = this.text.indexOf(this.needle, at);
      this.found = index < 0 ? Number.POSITIVE_INFINITY : index;
    }
    return this.found;
  }
}
