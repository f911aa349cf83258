import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { madeUpChunk, sequencesOf, writeCorpus } from '../../test/support/corpora.js';
import { type ErrorCode, hasCode } from '../protocol/errors.js';
import type { JobStage } from '../protocol/jobs.js';
import { checkCorpusTokenizer, corpusFiles, isCorpusFolder, openCorpus, readManifest } from './corpusFolder.js';
import { Random } from './random.js';
import { verifyCorpus } from './verifyCorpus.js';

const folder = mkdtempSync(join(tmpdir(), 'corpusFolder-'));
after(() => rmSync(folder, { recursive: true }));

const SHA256 = 'a'.repeat(64);
const random = Random.fromSeed(1);
// Three shards, the middle one empty; more than two blocks of 256 sequences in the first.
const SHARDS = [
  [madeUpChunk(random, 600, 32_000), madeUpChunk(random, 5, 32_000)],
  [],
  [madeUpChunk(random, 301, 32_000)],
];
const corpus = join(folder, 'corpus');
const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
const never = new AbortController().signal;

before(async () => {
  await writeCorpus(corpus, SHARDS, { vocabularySize: 32_000, sha256: SHA256 });
});

/** A copy of the corpus that `damage` does something to. */
function copied(name: string, damage: (copy: string) => void): string {
  const copy = join(folder, name);
  cpSync(corpus, copy, { recursive: true });
  damage(copy);
  return copy;
}

const code = (wanted: ErrorCode, data: object) => (error: unknown) => {
  assert.ok(hasCode(error, wanted), String(error));
  assert.deepEqual(error.data, data);
  return true;
};

test('gives back every sequence, in any order, over the borders of shards', () => {
  const opened = openCorpus(corpus);
  const { store } = opened;
  const expected = SHARDS.flat().flatMap(sequencesOf);
  assert.deepEqual([store.length, opened.manifest.sequences], [906, 906]);
  assert.equal(
    store.tokens,
    expected.reduce((sum, { ids }) => sum + ids.length, 0),
  );
  assert.deepEqual(
    Array.from(store.lengths),
    expected.map(({ ids }) => ids.length),
  );
  for (const i of Random.fromSeed(2).shuffle(Uint32Array.from(expected.keys()))) {
    assert.deepEqual([...store.at(i)], expected[i]!.ids);
    assert.deepEqual([...store.wordStarts(i)], expected[i]!.wordStarts);
  }
  assert.equal(opened.tokenCounts[2], 906);
  assert.equal(
    opened.tokenCounts.reduce((sum, n) => sum + n, 0),
    store.tokens,
  );
  store.close();
});

test('a vocabulary above 65,536 pieces has ids of four bytes', async () => {
  const chunk = madeUpChunk(random, 20, 100_000);
  const wide = join(folder, 'wide');
  await writeCorpus(wide, [[chunk]], { vocabularySize: 100_000, sha256: SHA256 });
  const { store } = openCorpus(wide);
  assert.ok(chunk.ids.some((id) => id > 65_535));
  assert.deepEqual(
    sequencesOf(chunk).map(({ ids }) => ids),
    Array.from({ length: 20 }, (_, i) => [...store.at(i)]),
  );
  store.close();
});

test('what is no corpus, or one of another version, says so', () => {
  assert.equal(isCorpusFolder(corpus), true);
  assert.equal(isCorpusFolder(folder), false);
  assert.throws(() => openCorpus(folder), code('corpusNotFound', { folder }));
  const other = join(folder, 'other');
  mkdirSync(other);
  const file = join(other, 'corpus.json');
  const written = (contents: object | string) => {
    writeFileSync(file, typeof contents === 'string' ? contents : JSON.stringify(contents));
    return () => readManifest(other);
  };
  const manifest = read(join(corpus, 'corpus.json'));
  const version = { file, expected: 1, got: '2' };
  assert.throws(written({ ...manifest, version: 2, more: true }), code('corpusVersionUnsupported', version));
  assert.throws(written('{'), code('corpusInvalid', { file, key: '' }));
  assert.throws(written('[]'), code('corpusInvalid', { file, key: '' }));
  assert.throws(written({ ...manifest, more: true }), code('corpusInvalid', { file, key: 'more' }));
  assert.throws(written({ ...manifest, idBytes: 3 }), code('corpusInvalid', { file, key: 'idBytes' }));
  // Numbers that contradict each other would be read past the end of a file.
  assert.throws(written({ ...manifest, tokens: manifest.tokens + 1 }), code('corpusInvalid', { file, key: 'tokens' }));
  const wide = code('corpusInvalid', { file, key: 'shards.0.files.ids.sizeBytes' });
  assert.throws(written({ ...manifest, idBytes: 4 }), wide);
  // A name that leads out of the folder.
  const shards = [{ ...manifest.shards[0], name: '../shard' }];
  assert.throws(written({ ...manifest, shards }), code('corpusInvalid', { file, key: 'shards.0.name' }));
});

test('every file that is missing, cut short or altered is named', async () => {
  const manifest = readManifest(corpus);
  const names = corpusFiles('', manifest).map(({ path }) => path);
  assert.equal(names.length, 11);
  for (const name of names) {
    const sizeBytes = readFileSync(join(corpus, name)).length;
    const missing = copied(`missing-${name}`, (copy) => rmSync(join(copy, name)));
    const gone = code('corpusFileDamaged', { file: join(missing, name), folder: missing, fault: 'missing' });
    assert.throws(() => openCorpus(missing), gone);
    await assert.rejects(
      verifyCorpus(missing, never, () => {}),
      gone,
    );
    if (sizeBytes === 0) continue;

    const cut = copied(`cut-${name}`, (copy) => truncateSync(join(copy, name), sizeBytes - 1));
    const sizes = { fault: 'size', expectedBytes: sizeBytes, gotBytes: sizeBytes - 1 };
    const short = code('corpusFileDamaged', { file: join(cut, name), folder: cut, ...sizes });
    assert.throws(() => openCorpus(cut), short);
    await assert.rejects(
      verifyCorpus(cut, never, () => {}),
      short,
    );

    const altered = copied(`altered-${name}`, (copy) => {
      const bytes = readFileSync(join(copy, name));
      bytes[sizeBytes >> 1]! ^= 1;
      writeFileSync(join(copy, name), bytes);
    });
    openCorpus(altered).store.close();
    const wrong = code('corpusFileDamaged', { file: join(altered, name), folder: altered, fault: 'checksum' });
    await assert.rejects(
      verifyCorpus(altered, never, () => {}),
      wrong,
    );
  }
});

test('verifying tells how far it is, and can be stopped', async () => {
  const stages: JobStage[] = [];
  const manifest = await verifyCorpus(corpus, never, (stage) => stages.push(stage));
  const total = corpusFiles(corpus, manifest).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  assert.deepEqual(stages.at(-1), { phase: 'verifying', done: total, total, unit: 'bytes' });
  await assert.rejects(
    verifyCorpus(corpus, AbortSignal.abort(), () => {}),
    { name: 'AbortError' },
  );
});

test('the ids of another tokenizer are refused, both hashes named', () => {
  const opened = openCorpus(corpus);
  checkCorpusTokenizer(opened, SHA256, 'vocab.txt');
  const hashes = { corpusTokenizer: SHA256, modelTokenizer: 'b'.repeat(64) };
  const differs = code('corpusTokenizerDiffers', { folder: corpus, vocabFile: 'vocab.txt', ...hashes });
  assert.throws(() => checkCorpusTokenizer(opened, hashes.modelTokenizer, 'vocab.txt'), differs);
  opened.store.close();
});
