/** A tokenizer in other threads, and what its identity holds. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { encodeDictionary, findDictionary, readDictionary } from './dictionary.js';
import { JapaneseTokenizer, type SharedTokenizer } from './tokenizer.js';

const vocabFile = fileURLToPath(new URL('../../../media/vocab/vocab.txt', import.meta.url));
const tokenizer = JapaneseTokenizer.load({ vocabFile });
const folder = mkdtempSync(join(tmpdir(), 'share-'));
after(() => rmSync(folder, { recursive: true }));

const WORKER = `
  const { parentPort, workerData } = require('node:worker_threads');
  import(workerData.module).then(({ JapaneseTokenizer }) => {
    const tokenizer = JapaneseTokenizer.fromShared(workerData.shared);
    const ids = workerData.texts.map((text) => tokenizer.encode(text));
    // A mark in the dictionary, which every other thread must see.
    workerData.shared.dictionary.unknownEntries[0] += 1;
    parentPort.postMessage({ ids, identity: tokenizer.identity });
  });
`;

test('a worker gives the same ids over the same memory', async () => {
  const shared = tokenizer.share();
  const texts = ['吾輩は猫である。', 'ﾊﾞｽは５㌔[MASK]', '', 'abc\ud800'];
  const module = new URL('./tokenizer.js', import.meta.url).href;
  const { identity } = tokenizer;
  const before = shared.dictionary.unknownEntries[0]!;
  const worker = new Worker(WORKER, { eval: true, workerData: { module, shared, texts } });
  const [answer] = (await once(worker, 'message')) as [{ ids: Int32Array[]; identity: string }];
  assert.deepEqual(
    answer.ids,
    texts.map((text) => tokenizer.encode(text)),
  );
  assert.equal(shared.dictionary.unknownEntries[0], before + 1);
  assert.notEqual(answer.identity, identity, 'which a changed dictionary changes');
  shared.dictionary.unknownEntries[0] = before;
});

test('all that is large is shared', () => {
  const { pieces, vocabFile: _, ...large } = tokenizer.share() satisfies SharedTokenizer;
  for (const array of [...Object.values(large.dictionary), ...Object.values(large.pieceTrie)]) {
    assert.ok(array.buffer instanceof SharedArrayBuffer);
  }
});

test('the identity is that of the contents: any other piece, order or dictionary changes it, another file name does not', () => {
  const identityOf = (contents: string, dictionaryFile = findDictionary()) => {
    const file = join(folder, `${Math.random()}.txt`);
    writeFileSync(file, contents);
    return JapaneseTokenizer.load({ vocabFile: file, dictionaryFile }).identity;
  };
  const contents = readFileSync(vocabFile, 'utf8');
  assert.match(tokenizer.identity, /^[0-9a-f]{64}$/);
  assert.equal(identityOf(contents), tokenizer.identity);
  assert.equal(identityOf(contents.replaceAll('\n', '\r\n')), tokenizer.identity);
  assert.equal(JapaneseTokenizer.fromShared(tokenizer.share()).identity, tokenizer.identity);

  const dictionary = readDictionary(findDictionary());
  dictionary.connections[5]! += 1;
  const altered = join(folder, 'altered.bin');
  writeFileSync(altered, encodeDictionary(dictionary));
  const lines = contents.split('\n');
  const others = [
    identityOf(`${contents}あたらしいくるま\n`),
    identityOf(contents.replace('[CLS]\n[SEP]\n', '[SEP]\n[CLS]\n')),
    identityOf([...lines.slice(0, 10), lines[11], lines[10], ...lines.slice(12)].join('\n')),
    identityOf(contents, altered),
  ];
  assert.equal(new Set([tokenizer.identity, ...others]).size, 5);
});
