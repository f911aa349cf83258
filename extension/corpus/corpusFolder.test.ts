import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { hasCode } from '../../trainer-core/protocol/errors.js';
import { outputState, readCorpus, readCorpusManifest } from './corpusFolder.js';

function folderWith(t: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'corpus '));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text);
  return folder;
}

describe('what a folder is to a build', () => {
  it('free when it is missing or empty', async (t) => {
    const folder = folderWith(t, {});
    assert.equal(await outputState(folder), 'free');
    assert.equal(await outputState(path.join(folder, 'new')), 'free');
  });

  it("unfinished with a build's state, a corpus with its manifest", async (t) => {
    const shard = { 'shard-00000.ids': '' };
    assert.equal(await outputState(folderWith(t, { ...shard, 'building.json': '{}' })), 'unfinished');
    // A kill after the last step may leave both.
    assert.equal(await outputState(folderWith(t, { ...shard, 'building.json': '{}', 'corpus.json': '{}' })), 'corpus');
  });

  it('something else with anything else, or when it is a file', async (t) => {
    const folder = folderWith(t, { 'notes.txt': 'mine' });
    mkdirSync(path.join(folder, 'shard-00000'));
    assert.equal(await outputState(folder), 'other');
    assert.equal(await outputState(path.join(folder, 'notes.txt')), 'other');
  });
});

describe('a corpus that cannot be read', () => {
  it('says why, and is in no list', async (t) => {
    const missing = folderWith(t, {});
    await assert.rejects(readCorpusManifest(missing), (error) => hasCode(error, 'corpusNotFound'));
    const foreign = folderWith(t, { 'corpus.json': '{"name": "another program\'s"}' });
    await assert.rejects(readCorpusManifest(foreign), (error) => hasCode(error, 'corpusInvalid'));
    const newer = folderWith(t, { 'corpus.json': '{"version": 99}' });
    await assert.rejects(readCorpusManifest(newer), (error) => hasCode(error, 'corpusVersionUnsupported'));
    for (const folder of [missing, foreign, newer]) assert.equal(await readCorpus(folder), undefined);
  });
});
