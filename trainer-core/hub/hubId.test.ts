import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { hubIdInPath, hubIdOf } from './hubId.js';

test("a model's folder in the cache of Hugging Face has its id in its path", () => {
  assert.equal(
    hubIdInPath('/home/u/.cache/huggingface/hub/models--tohoku-nlp--bert-base/snapshots/0a1b'),
    'tohoku-nlp/bert-base',
  );
  assert.equal(hubIdInPath('C:\\hub\\models--gpt2\\snapshots\\0a1b\\'), 'gpt2');
  assert.equal(hubIdInPath('models--a--b.c_d/snapshots/main'), 'a/b.c_d');
});

test('other folders have none', () => {
  for (const folder of [
    'models/tohoku',
    '/models--a--b',
    '/models--a--b/snapshots',
    '/models--a--b/snapshots/c/d',
    '/x-models--a--b/snapshots/c',
  ]) {
    assert.equal(hubIdInPath(folder), null, folder);
  }
});

test('an imported model says its id, unless what it says is none', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'hub-id-'));
  t.after(() => rmSync(folder, { recursive: true }));
  assert.equal(await hubIdOf(folder), null);
  for (const [text, id] of [
    ['{"id": "a/b", "commit": "0"}', 'a/b'],
    ['{"id": "../b"}', null],
    ['{"id": 1}', null],
    ['{', null],
    ['null', null],
  ] as const) {
    writeFileSync(join(folder, 'hub.json'), text);
    assert.equal(await hubIdOf(folder), id, text);
  }
});
