import assert from 'node:assert/strict';
import { it } from 'node:test';
import { compact, fit, rough } from './estimateFigures.js';

it('writes figures no finer than they are known', () => {
  assert.deepEqual(
    [compact(68_089_856, 'en'), compact(68_089_856, 'ja'), compact(812, 'en')],
    ['68.1M', '6810万', '812'],
  );
  assert.deepEqual([rough(0.3487, 'en'), rough(12.4, 'ja')], ['0.35', '12']);
});

it('tells whether the run fits', () => {
  const of = (memoryBytes: number, availableBytes: number | null) => fit({ memoryBytes, availableBytes });
  assert.deepEqual(
    [of(1e9, 8e9), of(7.5e9, 8e9), of(8e9, 8e9), of(9e9, 8e9), of(1e9, null)],
    ['fits', 'tight', 'tight', 'tooLarge', 'unknown'],
  );
});
