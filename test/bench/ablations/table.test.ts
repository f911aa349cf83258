import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Result } from './result.js';
import { table } from './table.js';

const result = (loss: number, macroF1: number, cpuSeconds: number | null = 30): Result => ({
  wanted: {},
  scores: { loss, wordLoss: 7, rareLoss: 9, agreement: 0.25, kl: 0.5, seenKl: 0.125, macroF1 },
  tokens: 40_400,
  steps: 120,
  seconds: 60,
  cpuSeconds,
});

test('a row has means, spreads, and paired differences to what it is compared with, bold where they are clear', () => {
  const text = table([
    {
      name: 'base',
      words: 'as published',
      of: null,
      results: new Map([
        [1, result(5.6, 0.5)],
        [2, result(5.8, 0.5)],
        [3, result(5.6, 0.6)],
      ]),
    },
    // Finished in another order.
    {
      name: 'other',
      words: '`x: 1`',
      of: 'base',
      results: new Map([
        [3, result(5.0, 0.5, null)],
        [1, result(5.1, 0.6, 40)],
        [2, result(5.4, 0.5, 42)],
      ]),
    },
    { name: 'begun', words: 'one seed', of: 'base', results: new Map([[2, result(5.9, 0.4)]]) },
    { name: 'waiting', words: 'none', of: 'base', results: new Map() },
  ]);
  assert.deepEqual(text.split('\n'), [
    '| Variant | Against | Seeds | MLM loss | whole words | rare pieces | Agreement, % | KL | KL, not hidden | Macro-F1, % | Tokens | CPU s |',
    '| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |',
    '| **base**: as published |  | 3 | 5.667 ± 0.115 | 7.000 ± 0.000 | 9.000 ± 0.000 | 25.0 ± 0.0 | 0.500 ± 0.000 | 0.125 ± 0.000 | 53.3 ± 5.8 | 40 k | 30 |',
    '| **other**: `x: 1` | base | 3 | 5.167 ± 0.208<br>**−0.500 ± 0.100** | 7.000 ± 0.000<br>+0.000 ± 0.000 | 9.000 ± 0.000<br>+0.000 ± 0.000 | 25.0 ± 0.0<br>+0.0 ± 0.0 | 0.500 ± 0.000<br>+0.000 ± 0.000 | 0.125 ± 0.000<br>+0.000 ± 0.000 | 53.3 ± 5.8<br>+0.0 ± 10.0 | 40 k | 41 |',
    '| **begun**: one seed | base | 1 | 5.900<br>+0.100 | 7.000<br>+0.000 | 9.000<br>+0.000 | 25.0<br>+0.0 | 0.500<br>+0.000 | 0.125<br>+0.000 | 40.0<br>−10.0 | 40 k | 30 |',
    '',
  ]);
});
