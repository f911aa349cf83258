import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hubIdOf } from './hubId.js';

test("a model's folder in the cache of Hugging Face has its id in its path", () => {
  assert.equal(
    hubIdOf('/home/u/.cache/huggingface/hub/models--tohoku-nlp--bert-base/snapshots/0a1b'),
    'tohoku-nlp/bert-base',
  );
  assert.equal(hubIdOf('C:\\hub\\models--gpt2\\snapshots\\0a1b\\'), 'gpt2');
  assert.equal(hubIdOf('models--a--b.c_d/snapshots/main'), 'a/b.c_d');
});

test('other folders have none', () => {
  for (const folder of [
    'models/tohoku',
    '/models--a--b',
    '/models--a--b/snapshots',
    '/models--a--b/snapshots/c/d',
    '/x-models--a--b/snapshots/c',
  ]) {
    assert.equal(hubIdOf(folder), null, folder);
  }
});
