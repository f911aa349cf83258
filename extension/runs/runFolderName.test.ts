import assert from 'node:assert/strict';
import { it } from 'node:test';
import { runFolderName } from './runFolderName.js';

it('names a run after its config and its start', () => {
  const noon = new Date(2026, 4, 3, 12, 0, 7);
  assert.equal(runFolderName('/work/wiki.distill.json', noon), 'wiki-20260503-120007');
  assert.equal(runFolderName('/work/日本語.json', noon), '日本語-20260503-120007');
});
