import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boundsOf } from './bounds.js';

const profile = (matrixMs: number, otherMs: number) => {
  return { kernels: [], matrixMs, otherMs, count: 1240, hostMs: 3, clock: 'gpu' } as const;
};

test('what no kernel takes of a step is dispatch and host', () => {
  const { matrix, other, idle, says } = boundsOf(50, { ...profile(10, 15), kernels: [] }, 9.1);
  assert.deepEqual([matrix, other, idle], [0.2, 0.3, 0.5]);
  assert.equal(
    says,
    'Bound by dispatch and host: matrix kernels 20 %, other kernels 30 %, no kernel 50 % of 50 ms; ' +
      '1240 dispatches, which alone at 9.1 us each take 11.3 ms.',
  );
});

test('the greatest share is named', () => {
  assert.match(
    boundsOf(50, { ...profile(30, 15), kernels: [] }, null).says,
    /^Bound by matrix kernels: .*dispatches\.$/,
  );
  assert.match(
    boundsOf(50, { ...profile(10, 35), kernels: [] }, null).says,
    /^Bound by memory traffic of the other kernels/,
  );
});

test('a profile that took longer than the step leaves no idleness, and shares stay shares', () => {
  const { matrix, other, idle } = boundsOf(50, { ...profile(60, 20), kernels: [] }, null);
  assert.deepEqual([matrix, other, idle], [0.75, 0.25, 0]);
});
