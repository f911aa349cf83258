import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SmoothedColumn } from './smooth.js';

const none = Number.NaN;
const rounded = (values: Float64Array) => [...values].map((value) => Math.round(value * 1e6) / 1e6);

describe('SmoothedColumn', () => {
  it('is the bias-corrected moving average of TensorBoard', () => {
    // last = 0.5 * last + 0.5 * value, divided by 1 - 0.5^n.
    const smoothed = new SmoothedColumn().update(Float64Array.of(4, 2, 8), 0.5, 1);
    assert.deepEqual(rounded(smoothed), [4, 2.666667, 5.714286]);
  });

  it('passes over missing values', () => {
    assert.deepEqual(rounded(new SmoothedColumn().update(Float64Array.of(none, 4, none, 2), 0.5, 1)), [
      none,
      4,
      none,
      2.666667,
    ]);
  });

  it('gives the same whether values come at once or one after another, and starts anew for another version or weight', () => {
    const values = Float64Array.from({ length: 1000 }, (_, index) => Math.sin(index) * index);
    const whole = [...new SmoothedColumn().update(values, 0.9, 1)];
    const grown = new SmoothedColumn();
    for (let length = 1; length <= values.length; length += 37) grown.update(values.subarray(0, length), 0.9, 1);
    assert.deepEqual([...grown.update(values, 0.9, 1)], whole);
    const other = Float64Array.of(1, 1, 1);
    assert.deepEqual(rounded(grown.update(other, 0.9, 2)), [1, 1, 1]);
    assert.deepEqual([...grown.update(values, 0.5, 2)], [...new SmoothedColumn().update(values, 0.5, 2)]);
    assert.equal(grown.update(values, 0, 2), values);
  });
});
