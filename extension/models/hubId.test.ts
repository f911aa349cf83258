import assert from 'node:assert/strict';
import { it } from 'node:test';
import { importedName, parseHubId } from './hubId.js';

it('takes ids and the addresses of model pages', () => {
  const id = 'tohoku-nlp/bert-base-japanese-whole-word-masking';
  for (const text of [id, ` ${id} `, `https://huggingface.co/${id}`, `https://hf.co/${id}/tree/main`, `${id}/`])
    assert.equal(parseHubId(text), id);
  assert.equal(parseHubId('bert-base-uncased'), 'bert-base-uncased');
});

it('refuses what the hub could not have', () => {
  for (const text of [
    '',
    '/etc/passwd',
    '../x',
    'a/../b',
    'a/b/c',
    'a b',
    '--from',
    'a/-b',
    'ftp://x/y',
    'C:\\models',
    '日本語',
  ])
    assert.equal(parseHubId(text), undefined, text);
});

it('names the folder after the model', () => {
  assert.equal(importedName('owner/model'), 'model');
  assert.equal(importedName('/data/models/teacher/'), 'teacher');
});
