import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../corpus/random.js';
import { holdOut } from './heldOut.js';

test('what is held out and what is left are the whole corpus, each once, and the same for the same seed', () => {
  const draw = () => holdOut(1000, 40, Random.fromSeed(3).fork('held-out'));
  const { validation, training } = draw();
  assert.equal(validation.length, 40);
  assert.deepEqual(
    [...validation, ...(training ?? [])].sort((a, b) => a - b),
    Array.from({ length: 1000 }, (_, i) => i),
  );
  assert.deepEqual(draw(), { validation, training });
  assert.notDeepEqual(holdOut(1000, 40, Random.fromSeed(4).fork('held-out')).validation, validation);
});

test('no more than a tenth is held out, and nothing where nothing is wanted or the corpus is too small', () => {
  const random = Random.fromSeed(1);
  assert.equal(holdOut(95, 40, random).validation.length, 9);
  for (const [length, wanted] of [
    [1000, 0],
    [9, 5],
  ] as const)
    assert.deepEqual(holdOut(length, wanted, random), { validation: new Uint32Array(0), training: null });
});
