import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isScored, resultIn, writeResult } from './result.js';

const folder = mkdtempSync(join(tmpdir(), 'ablations-'));
after(() => rmSync(folder, { recursive: true }));

test('a finished run is known again by what was asked for, in any order of keys, and by nothing else', async () => {
  const file = join(folder, 'results', 'hidden-seed-1.json');
  const wanted = { distill: { alphaHidden: 1, seed: 1, maxMinutes: undefined }, finetune: { numEpochs: 4 } };
  const scores = { loss: 6, wordLoss: 7, rareLoss: 9, agreement: 0.5, kl: 0.2, seenKl: 0.1, macroF1: 0.6 };
  const result = { wanted, scores, tokens: 40_000, steps: 120, seconds: 50, cpuSeconds: 40 };
  assert.equal(await resultIn(file, wanted), null);
  await writeResult(file, result);
  assert.equal(isScored(result), true);
  assert.equal(isScored({ ...result, scores: { loss: 6 } as never }), false);
  const same = { finetune: { numEpochs: 4 }, distill: { seed: 1, alphaHidden: 1 } };
  assert.deepEqual((await resultIn(file, same))?.scores, scores);
  for (const distill of [{ alphaHidden: 1, seed: 2 }, { alphaHidden: 1 }, { alphaHidden: 1, seed: 1, dropout: 0 }]) {
    assert.equal(await resultIn(file, { ...same, distill }), null);
  }
});
