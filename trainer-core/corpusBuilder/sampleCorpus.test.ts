import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Corpus } from '../corpus/corpus.js';
import { openCorpus } from '../corpus/corpusFolder.js';
import { corpusSettings } from '../protocol/corpusSettings.js';
import { hasCode } from '../protocol/errors.js';
import { JapaneseTokenizer } from '../tokenizer/tokenizer.js';
import { buildCorpus } from './buildCorpus.js';
import { sampleCorpus } from './sampleCorpus.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const vocabFile = join(ROOT, 'media/vocab/vocab.txt');
const tokenizer = JapaneseTokenizer.load({ vocabFile });
const { signal } = new AbortController();
const folder = mkdtempSync(join(tmpdir(), 'sampleCorpus-'));
after(() => rmSync(folder, { recursive: true }));

const input = join(folder, 'input');
before(() => {
  mkdirSync(input);
  const lines = gunzipSync(readFileSync(join(ROOT, 'media/sample/wiki/wiki.txt.gz')))
    .toString()
    .split('\n');
  for (let i = 0; i < 4; i++) writeFileSync(join(input, `${i}.txt`), lines.slice(i * 40, i * 40 + 50).join('\n\n'));
});

/** Everything in a corpus as plain lists. */
function plain({ store, tokenCounts }: Corpus) {
  const sequences = Array.from({ length: store.length }, (_, i) => [[...store.at(i)], [...store.wordStarts(i)]]);
  return { sequences, lengths: Array.from(store.lengths), tokens: store.tokens, tokenCounts: [...tokenCounts] };
}

for (const dropDuplicates of [false, true]) {
  test(`in memory is the same as in a folder${dropDuplicates ? ', without duplicates' : ''}`, async () => {
    const settings = corpusSettings.parse({ sequences: 'lines', dropDuplicates });
    const out = join(folder, `out-${dropDuplicates}`);
    const common = { inputs: [input], settings, maxSeqLength: 64, signal };
    await buildCorpus({ ...common, vocabFile, out, workers: 1, onStage: () => {} });
    const sample = await sampleCorpus({ ...common, tokenizer, limitBytes: Number.POSITIVE_INFINITY });
    const stored = openCorpus(out);
    assert.deepEqual(plain(sample), plain(stored));
    assert.equal(sample.part, 1);
    stored.store.close();
  });
}

test('ends with the chunk that reaches the limit, and says what part that is', async () => {
  const settings = corpusSettings.parse({});
  const options = { inputs: [input], tokenizer, settings, maxSeqLength: 64, signal };
  const all = await sampleCorpus({ ...options, limitBytes: Number.POSITIVE_INFINITY });
  const some = await sampleCorpus({ ...options, limitBytes: 1 });
  const sizes = [0, 1, 2, 3].map((i) => readFileSync(join(input, `${i}.txt`)).length);
  assert.equal(some.part, sizes[0]! / sizes.reduce((a, b) => a + b));
  assert.deepEqual(plain(some).sequences, plain(all).sequences.slice(0, some.store.length));
  assert.ok(some.store.length > 0 && some.store.length < all.store.length);
});

test('input without a sequence says why', async () => {
  const short = join(folder, 'short.txt');
  writeFileSync(short, '短い。\n');
  const options = { inputs: [short], tokenizer, settings: corpusSettings.parse({}), maxSeqLength: 64, signal };
  await assert.rejects(sampleCorpus({ ...options, limitBytes: 1 }), (error) => {
    assert.ok(hasCode(error, 'corpusTooSmall'));
    assert.equal(error.data.why?.sequences.dropped.tooFewTokens, 1);
    return true;
  });
});
