import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decimate } from './decimate.js';
import type { Series } from './series.js';

const none = Number.NaN;
const series = (steps: number[], values: number[]): Series => ({
  steps: Float64Array.from(steps),
  values: Float64Array.from(values),
});
const long = (length: number, value: (step: number) => number): Series =>
  series(
    Array.from({ length }, (_, index) => index + 1),
    Array.from({ length }, (_, index) => value(index + 1)),
  );
const known = (curve: (number | null | undefined)[]) => curve.filter((value) => typeof value === 'number');

describe('decimate', () => {
  it('keeps few points as they are, on common steps, with gaps for missing values', () => {
    const { steps, curves } = decimate([series([1, 2, 4], [5, none, 3]), series([2, 3], [7, 8])], 1, 4, 100);
    assert.deepEqual(steps, [1, 2, 3, 4]);
    assert.deepEqual(curves, [
      [5, null, undefined, 3],
      [undefined, 7, 8, undefined],
    ]);
  });

  it('keeps one neighbour on either side of the range', () => {
    const { steps } = decimate([long(100, (step) => step)], 40, 42, 100);
    assert.deepEqual(steps, [39, 40, 41, 42, 43]);
  });

  it('keeps the lowest and the highest value of each part, in their order', () => {
    const spikes = new Map([
      [31_234, 50],
      [77_777, -50],
    ]);
    const { steps, curves } = decimate([long(100_000, (step) => spikes.get(step) ?? Math.sin(step))], 1, 100_000, 500);
    assert.ok(steps.length <= 2 * 502);
    assert.ok(steps.every((step, index) => index === 0 || step > steps[index - 1]!));
    const [curve] = curves;
    for (const [at, value] of spikes) {
      const place = curve!.indexOf(value);
      assert.ok(Math.abs(steps[place]! - at) <= 200, `${at} is drawn at ${steps[place]}`);
    }
    assert.equal(known(curve!).length, 1000);
  });

  it('breaks the line where a whole part has no value', () => {
    const { steps, curves } = decimate(
      [long(10_000, (step) => (step > 4000 && step < 6000 ? none : 1))],
      1,
      10_000,
      100,
    );
    const middle = steps.findIndex((step) => step > 5000);
    assert.equal(curves[0]![middle - (middle % 2)], null);
    assert.ok(curves[0]!.slice(0, middle - 30).every((value) => value === 1 || value === undefined));
  });

  it('lets a line of few points leave the range on the way to its neighbours', () => {
    const few = series([1000, 9000], [10, 90]);
    const { steps, curves } = decimate([long(10_000, () => 0), few], 4000, 6000, 100);
    const drawn = steps.flatMap((step, index) =>
      typeof curves[1]![index] === 'number' ? [[step, curves[1]![index]!]] : [],
    );
    assert.equal(drawn.length, 2);
    for (const [step, value] of drawn) assert.ok(Math.abs(value! - step! / 100) < 1e-9, `${value} at ${step}`);
  });

  it('gives nothing for nothing', () => {
    assert.deepEqual(decimate([], 0, 1, 100), { steps: [], curves: [] });
    assert.deepEqual(decimate([series([], [])], 0, 1, 100), { steps: [], curves: [[]] });
  });
});
