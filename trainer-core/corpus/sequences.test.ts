import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { madeUpChunk, sequencesOf } from '../../test/support/corpora.js';
import { hasCode } from '../protocol/errors.js';
import { Random } from './random.js';
import { SequenceStoreBuilder } from './sequenceStore.js';
import { cutInChunks, encodeTexts, readSequences, type WordEncoder } from './sequences.js';

const folder = mkdtempSync(join(tmpdir(), 'sequences-'));
after(() => rmSync(folder, { recursive: true }));

const UNK = 1;
const CLS = 2;
const SEP = 3;

/** A letter a piece (a = 10, …), `?` unknown; a space ends a word. */
function letters(size = 100): WordEncoder {
  return {
    vocabulary: { size, unkId: UNK, clsId: CLS, sepId: SEP },
    encodeWords(text) {
      const ids: number[] = [];
      const wordStarts: number[] = [];
      for (const word of text.split(' ').filter((part) => part !== '')) {
        [...word].forEach((letter, i) => {
          ids.push(letter === '?' ? UNK : letter.charCodeAt(0) - 87);
          wordStarts.push(i === 0 ? 1 : 0);
        });
      }
      return { ids, wordStarts };
    },
  };
}

function written(name: string, contents: string | Buffer): string {
  const file = join(folder, name);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, contents);
  return file;
}

test('a line becomes [CLS] … [SEP] with its word starts', async () => {
  const { store, report } = await readSequences([written('one.txt', ' ab cde fghij \n')], letters(), 20);
  assert.equal(store.length, 1);
  assert.deepEqual([...store.at(0)], [CLS, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, SEP]);
  assert.deepEqual([...store.wordStarts(0)], [1, 1, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1]);
  assert.deepEqual(Array.from(store.lengths), [12]);
  assert.deepEqual(report, {
    files: 1,
    part: 1,
    lines: 1,
    linesCut: 0,
    droppedShort: 0,
    droppedUnknown: 0,
    sequences: 1,
    tokens: 12,
  });
});

test('11 ids are too few and 12 are enough; half unknown is too much', async () => {
  const text = ['abcdefghi', 'abcdefghij', '', '??????abcd', '?????abcde'].join('\n');
  const { store, report, tokenCounts } = await readSequences([written('rules.txt', text)], letters(), 20);
  // Of 12 ids 6 unknown are half of them; 5 are less.
  assert.deepEqual([report.droppedShort, report.droppedUnknown, report.sequences, report.lines], [2, 1, 2, 5]);
  assert.deepEqual([...store.at(1)].filter((id) => id === UNK).length, 5);
  // Counts are of all lines, those dropped too.
  assert.deepEqual([tokenCounts[CLS], tokenCounts[SEP], tokenCounts[UNK], tokenCounts[10]], [5, 5, 11, 4]);
});

test('a long line is cut as remove_long_sequences does', async () => {
  // [CLS] + 40 + [SEP] = 42 ids, cut every 14 - 2 = 12 of them: 12, 12, 12 and 6.
  const ids = Array.from({ length: 40 }, (_, i) => 10 + (i % 26));
  const all = [CLS, ...ids, SEP];
  const chunks = cutInChunks({ ids: Int32Array.from(all), wordStarts: Int32Array.from(all, () => 0) }, 14, CLS, SEP);
  assert.deepEqual(
    chunks.map((chunk) => [...chunk.ids]),
    [
      [...all.slice(0, 12), SEP],
      [CLS, ...all.slice(12, 24), SEP],
      [CLS, ...all.slice(24, 36), SEP],
      [CLS, ...all.slice(36, 42)],
    ],
  );
  for (const { ids: cut, wordStarts } of chunks) assert.equal(wordStarts.length, cut.length);
  // A word cut in two begins anew after the [CLS] that was put in.
  assert.deepEqual([...chunks[1]!.wordStarts].slice(0, 3), [1, 1, 0]);

  const line = 'abcdefghijklmnopqrstuvwxyzabcdefghijklmn';
  const { report } = await readSequences([written('long.txt', line)], letters(), 14);
  assert.deepEqual([report.linesCut, report.sequences, report.droppedShort, report.tokens], [1, 3, 1, 13 + 14 + 14]);
  const exact = cutInChunks({ ids: Int32Array.from(all), wordStarts: Int32Array.from(all) }, 42, CLS, SEP);
  assert.equal(exact.length, 1);
});

test('takes files, packed files and folders, in order', async () => {
  written('many/b.txt', 'bbbbbbbbbbbb\n');
  written('many/a.txt.gz', gzipSync(Buffer.from('aaaaaaaaaaaa\n')));
  written('many/deep/c.txt', 'cccccccccccc\n');
  written('many/notes.md', 'zzzzzzzzzzzz\n');
  const last = written('last.txt', 'dddddddddddd');
  const { store, report } = await readSequences([join(folder, 'many'), last], letters(), 20);
  assert.deepEqual(
    Array.from({ length: 4 }, (_, i) => store.at(i)[1]),
    [10, 11, 12, 13],
  );
  assert.equal(report.files, 4);
});

test('reads about as many bytes as it may, and tells what part of all files that was', async () => {
  // Above what a stream reads at once, 64 KiB, of which one more may be waiting.
  const line = `${'ab'.repeat(49)}\n`;
  const files = ['a', 'b', 'c'].map((name) => written(`limited/${name}.txt`, line.repeat(10_000)));
  const size = 10_000 * line.length;
  const { report } = await readSequences(files, letters(), 200, 1.5 * size);
  assert.equal(report.files, 2);
  assert.ok(Math.abs(report.part - 0.5) < 0.05, `${report.part}`);
  assert.ok(Math.abs(report.sequences / 30_000 - report.part) < 0.05, `${report.sequences}`);
  assert.equal((await readSequences(files, letters(), 200, 3 * size)).report.part, 1);
});

test('ids take two bytes up to 65,536 of them, else four', async () => {
  const file = written('width.txt', 'abcdefghijkl');
  assert.ok((await readSequences([file], letters(65_536), 20)).store.at(0) instanceof Uint16Array);
  assert.ok((await readSequences([file], letters(65_537), 20)).store.at(0) instanceof Uint32Array);
});

test('what cannot be read is an error', async () => {
  const code = (wanted: 'fileNotFound' | 'corpusTooSmall' | 'invalidUtf8') => (e: unknown) => hasCode(e, wanted);
  await assert.rejects(readSequences([join(folder, 'none')], letters(), 20), code('fileNotFound'));
  await assert.rejects(readSequences([written('short.txt', 'abc\n')], letters(), 20), code('corpusTooSmall'));
  await assert.rejects(readSequences([written('bad.txt', Buffer.from([0xff]))], letters(), 20), code('invalidUtf8'));
  mkdirSync(join(folder, 'empty'));
  await assert.rejects(readSequences([join(folder, 'empty')], letters(), 20), code('corpusTooSmall'));
});

test('texts for a classifier are cut, never dropped', () => {
  const store = encodeTexts(['ab cd', '', '????', 'abc'], letters(), 5);
  assert.deepEqual(
    Array.from({ length: 4 }, (_, i) => [...store.at(i)]),
    [
      [CLS, 10, 11, 12, SEP],
      [CLS, SEP],
      [CLS, UNK, UNK, UNK, SEP],
      [CLS, 10, 11, 12, SEP],
    ],
  );
  assert.deepEqual([...store.wordStarts(0)], [1, 1, 0, 1, 1]);
});

test('the store gives back what was put in, through all growths', () => {
  const builder = new SequenceStoreBuilder(40_000);
  const sequence = (i: number) => Array.from({ length: 1 + (i % 200) }, (_, k) => (i * 31 + k * 7) % 40_000);
  const starts = (i: number) => sequence(i).map((id) => (id % 3) & 1);
  for (let i = 0; i < 3000; i++) builder.add(sequence(i), starts(i));
  const store = builder.build();
  assert.equal(store.length, 3000);
  for (let i = 0; i < 3000; i++) {
    assert.deepEqual([...store.at(i)], sequence(i));
    assert.deepEqual([...store.wordStarts(i)], starts(i));
  }
  assert.equal(
    store.tokens,
    Array.from(store.lengths).reduce((sum, length) => sum + length, 0),
  );
});

test('the store takes whole chunks too', () => {
  const chunk = madeUpChunk(Random.fromSeed(3), 50, 32_000);
  const builder = new SequenceStoreBuilder(32_000);
  builder.append(chunk);
  const store = builder.build();
  sequencesOf(chunk).forEach(({ ids, wordStarts }, i) => {
    assert.deepEqual([...store.at(i)], ids);
    assert.deepEqual([...store.wordStarts(i)], wordStarts);
  });
  assert.equal(store.length, 50);
});
