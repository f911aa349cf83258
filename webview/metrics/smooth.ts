/** Smoothing of curves as TensorBoard does it: an exponential moving average, corrected for its start at 0. */

import { Column } from './column.js';

/** A smoothed copy of a growing list of values. Missing values stay missing and do not count. */
export class SmoothedColumn {
  readonly #smoothed = new Column();
  #weight = 0;
  #version = -1;
  #last = 0;
  #weightPower = 1;

  /**
   * Brings the copy up to date with `values` and gives it; good until the next call. Only what is new is worked out, as long as
   * neither `weight` (0: no smoothing, below 1) nor `version`, which stands for the values known before, has changed.
   */
  update(values: Float64Array, weight: number, version: number): Float64Array {
    if (weight === 0) return values;
    if (weight !== this.#weight || version !== this.#version || values.length < this.#smoothed.length) {
      this.#smoothed.truncate(0);
      this.#last = 0;
      this.#weightPower = 1;
      this.#weight = weight;
      this.#version = version;
    }
    const known = this.#smoothed.length;
    const smoothed = this.#smoothed.extend(values.length);
    let last = this.#last;
    let weightPower = this.#weightPower;
    for (let index = known; index < values.length; index++) {
      const value = values[index]!;
      if (Number.isNaN(value)) {
        smoothed[index] = value;
        continue;
      }
      last = last * weight + (1 - weight) * value;
      weightPower *= weight;
      smoothed[index] = last / (1 - weightPower);
    }
    this.#last = last;
    this.#weightPower = weightPower;
    return this.#smoothed.values;
  }
}
