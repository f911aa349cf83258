import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { madeUpChunk, writeCorpus } from '../../test/support/corpora.js';
import { Random } from '../corpus/random.js';
import type { InputFile } from '../documents/inputs.js';
import { corpusSettings } from '../protocol/corpusSettings.js';
import { differences, differencesOfFinished, identityOf } from './buildIdentity.js';

const folder = mkdtempSync(join(tmpdir(), 'buildIdentity-'));
after(() => rmSync(folder, { recursive: true }));

const file = join(folder, 'text.txt');
writeFileSync(file, 'text');
const sizeBytes = statSync(file).size;
const tokenizer = { sha256: 'a'.repeat(64), vocabularySize: 100 };
const settings = corpusSettings.parse({});

function identity(file: string) {
  const input: InputFile = { file, sizeBytes, format: 'text', compression: 'none' };
  return identityOf([input], { settings, maxSeqLength: 128, tokenizer });
}

test('an unfinished build knows its sources by absolute path, size and time', async () => {
  const before = await identity(file);
  assert.deepEqual(differences(before, await identity(join(folder, '.', 'text.txt'))), []);
  const [source] = before.sources;
  const later = { ...before, sources: [{ ...source!, modifiedMs: source!.modifiedMs + 1 }] };
  assert.deepEqual(
    differences(before, later).map(({ key }) => key),
    [file],
  );
  const more = { ...before, sources: [source!, { ...source!, file: '/other' }] };
  const [other] = differences(before, more);
  assert.deepEqual([other!.key, other!.there], ['/other', null]);
  assert.deepEqual(
    differences(before, { ...before, algorithm: 0 }).map(({ key }) => key),
    ['algorithm'],
  );
});

test('a finished corpus knows its sources as they were named, from whatever working folder', async () => {
  const asked = await identity(file);
  const manifest = await writeCorpus(join(folder, 'corpus'), [[madeUpChunk(Random.fromSeed(1), 3, 100)]], tokenizer);
  const builtMs = Date.now() + 1000;
  const named = (path: string, size = sizeBytes) => ({
    ...manifest,
    report: { ...manifest.report, sources: [{ file: path, sizeBytes: size, format: 'text' as const, documents: 1 }] },
  });
  const keys = (path: string, size?: number) =>
    differencesOfFinished(named(path, size), builtMs, asked).map(({ key }) => key);
  for (const path of [file, 'text.txt', './text.txt', join('..', 'text.txt')]) assert.deepEqual(keys(path), [], path);
  for (const path of ['/elsewhere/text.txt', 'xt.txt', join('data', 'text.txt')]) {
    assert.deepEqual(keys(path).sort(), [path, file].sort(), path);
  }
  assert.deepEqual(keys('text.txt', sizeBytes + 1), ['text.txt']);
});
