import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { INPUT_OPTIONS, inputFile, inputFolder, needs, packedBy, proseOf } from '../../test/support/inputFiles.js';
import { DUMP_END, dumpHead, dumpPage, wikiDump } from '../../test/support/wikiDump.js';
import { hasCode } from '../protocol/errors.js';
import type { Unpacker } from '../protocol/jobs.js';
import { documentsOf } from './documentsOf.js';
import { findInputs } from './findInputs.js';
import type { Document, InputChunk, InputFile, InputPosition } from './inputs.js';
import { readChunks } from './readChunks.js';

const { folder, write } = inputFolder('readChunks');
const never = new AbortController().signal;
const FIXTURES = fileURLToPath(new URL('../../../trainer-core/documents/fixtures', import.meta.url));

async function chunksOf(
  files: readonly InputFile[],
  {
    options = INPUT_OPTIONS,
    from = null as InputPosition | null,
    by,
  }: { options?: typeof INPUT_OPTIONS; from?: InputPosition | null; by?: Unpacker } = {},
): Promise<InputChunk[]> {
  const chunks: InputChunk[] = [];
  for await (const chunk of readChunks(files, options, from, never, by && (() => by))) chunks.push(chunk);
  return chunks;
}

async function documentsIn(files: readonly InputFile[], options = INPUT_OPTIONS): Promise<Document[]> {
  const documents: Document[] = [];
  for (const chunk of await chunksOf(files, { options })) {
    documents.push(...(await documentsOf(chunk, options)).documents);
  }
  return documents;
}

/** What has to be the same whatever unpacked. */
const contents = (chunks: readonly InputChunk[]) =>
  chunks.map(({ bytes, readBytes: _, ...rest }) => ({
    ...rest,
    bytes: bytes && Buffer.from(bytes).toString('latin1'),
  }));

const half = (bytes: Buffer) => Math.floor(bytes.length / 2);

/** The bytes with one bit turned at each place. */
function turned(bytes: Buffer, ...places: number[]): Buffer {
  const copy = Buffer.from(bytes);
  for (const at of places) copy[at]! ^= 1;
  return copy;
}

const PAGES = Array.from({ length: 300 }, (_, index) => ({ title: `題${index}`, text: proseOf(index, 4000) }));
const XML = wikiDump(PAGES);

test('several files are read one after another, and on from any chunk', async () => {
  write('a.xml', XML);
  write('b.xml.gz', gzipSync(XML));
  write('c.txt', `${proseOf(3, 200)}\n\n`.repeat(3000));
  write('d.jsonl', `${JSON.stringify({ text: proseOf(4, 300) })}\n`.repeat(3000));
  const files = await findInputs([folder]);
  assert.deepEqual(
    files.map(({ format }) => format),
    ['mediawiki', 'mediawiki', 'text', 'jsonl'],
  );
  const chunks = await chunksOf(files);
  assert.ok(chunks.length > 10);
  for (const [index, { next }] of chunks.entries()) {
    const rest = await chunksOf(files, { from: JSON.parse(JSON.stringify(next)) });
    assert.deepEqual(contents(rest), contents(chunks.slice(index + 1)));
  }
  assert.equal((await documentsIn(files)).length, 300 + 300 + 3000 + 3000);
  const read = chunks.map(({ readBytes }) => readBytes);
  assert.deepEqual(
    read,
    read.toSorted((a, b) => a - b),
  );
  const size = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  assert.ok(read.at(-1)! <= size && read.at(-1)! > size * 0.9);
});

test('chunks and faults do not depend on what unpacks', async (t) => {
  if (!needs(t, 'bzip2') || !needs(t, 'lbzip2')) return;
  const whole = packedBy('bzip2', ['-2'], XML);
  const streams = [0, 1, 2].map((index) =>
    packedBy(
      'bzip2',
      ['-2'],
      PAGES.slice(index * 50, index * 50 + 50)
        .map((page, i) => dumpPage(i, page))
        .join(''),
    ),
  );
  const multi = Buffer.concat([packedBy('bzip2', [], dumpHead()), ...streams, packedBy('bzip2', [], DUMP_END)]);
  const cases: [string, Buffer, string[]][] = [
    ['whole', whole, []],
    ['multistream', multi, []],
    ['broken off', whole.subarray(0, half(whole)), ['truncated', 'cutPage']],
    ['damaged', turned(whole, half(whole)), ['damagedBlock', 'cutPage']],
    ['damaged twice', turned(multi, 10_000, half(multi)), ['damagedBlock', 'cutPage', 'damagedBlock', 'cutPage']],
    ['the header lost', turned(whole, 100), ['damagedBlock', 'cutPage']],
    ['cut before it was packed', packedBy('bzip2', [], XML.slice(0, -5000)), ['truncated', 'cutPage']],
  ];
  for (const [name, packed, kinds] of cases) {
    await t.test(name, async () => {
      const file = inputFile(write(`${name.replaceAll(' ', '-')}.bz2`, packed), 'mediawiki', 'bz2');
      const expected = await chunksOf([file], { by: 'inProcess' });
      assert.deepEqual(
        expected.flatMap(({ faults }) => faults.map(({ kind }) => kind)),
        kinds,
      );
      for (const by of ['lbzip2', 'threads'] as const) {
        assert.deepEqual(contents(await chunksOf([file], { by })), contents(expected), by);
      }
      for (const [index, { next }] of expected.entries()) {
        assert.deepEqual(contents(await chunksOf([file], { from: next })), contents(expected.slice(index + 1)));
      }
    });
  }
});

test('of a damaged dump all pages are read that lost nothing', async (t) => {
  if (!needs(t, 'bzip2')) return;
  const packed = packedBy('bzip2', ['-2'], XML);
  const file = inputFile(write('lossy.bz2', turned(packed, half(packed))), 'mediawiki', 'bz2');
  const titles = new Set<string>();
  for (const { title, lines } of await documentsIn([file])) {
    assert.deepEqual(lines, [PAGES[Number(title.slice(1))]!.text]);
    titles.add(title);
  }
  const lost = PAGES.map(({ title }) => title).filter((title) => !titles.has(title));
  // A block of 200,000 bytes has at most 18 pages of 12,000 bytes in it, whole or in part, and they follow each other.
  assert.ok(lost.length > 0 && lost.length <= 18, lost.join());
  assert.equal(Number(lost.at(-1)!.slice(1)) - Number(lost[0]!.slice(1)), lost.length - 1);
});

test('the committed dump gives its articles', async () => {
  const files = await findInputs([join(FIXTURES, 'multistream.xml.bz2')]);
  assert.deepEqual(await documentsIn(files), [
    { id: '1', title: '山', lines: ['山は高い。川は長い。'] },
    { id: '2', title: '川', lines: ['川は"長い"。A & B。'] },
    { id: '5', title: '海', lines: ['海は広い。', '大きい。'] },
  ]);
});

test('a dump in another language is refused, unless any is taken', async () => {
  const page = dumpPage(1, { title: 'mountain', text: 'It is high.' });
  const file = inputFile(write('en.xml', dumpHead({ language: 'en' }) + page + DUMP_END), 'mediawiki');
  await assert.rejects(
    chunksOf([file]),
    (error) => hasCode(error, 'dumpOtherLanguage') && error.data.language === 'en',
  );
  assert.equal((await chunksOf([file], { options: { ...INPUT_OPTIONS, anyLanguage: true } })).length, 1);
  // Where nothing is said of the language, the name of the database says it.
  const silent = dumpHead({ language: 'fr' }).replace(' xml:lang="fr"', '');
  await assert.rejects(
    chunksOf([inputFile(write('fr.xml', silent + page + DUMP_END), 'mediawiki')]),
    (error) => hasCode(error, 'dumpOtherLanguage') && error.data.language === 'fr',
  );
});

test('other XML, a dump without pages and files without text are told', async () => {
  const rejects = (file: InputFile, check: (error: unknown) => boolean) => assert.rejects(chunksOf([file]), check);
  const svg = write('svg.xml', '<?xml version="1.0"?>\n<!-- drawn -->\n<svg xmlns="x">\n</svg>');
  await rejects(
    inputFile(svg, 'mediawiki'),
    (e) => hasCode(e, 'dumpNotMediaWiki') && e.data.found === '<svg xmlns="x">',
  );
  const empty = write('empty.xml', dumpHead() + DUMP_END);
  await rejects(inputFile(empty, 'mediawiki'), (e) => hasCode(e, 'dumpEmpty'));
  for (const format of ['mediawiki', 'text', 'jsonl', 'wikiextractor'] as const) {
    for (const contents of ['', ' \n\n']) {
      await rejects(inputFile(write('blank', contents), format), (e) => hasCode(e, 'fileEmpty'));
    }
  }
});

test('text: each line is a document when asked, and WikiExtractor writes two forms', async () => {
  const file = inputFile(write('lines.txt', 'いち。\nに。\n\nさん。'), 'text');
  const count = async (files: InputFile[], options = INPUT_OPTIONS) => (await documentsIn(files, options)).length;
  assert.equal(await count([file]), 2);
  assert.equal(await count([file], { ...INPUT_OPTIONS, textDocuments: 'lines' }), 3);
  const article = '<doc id="1" url="u" title="山">\n山\n\n山は高い。\n</doc>\n';
  assert.equal(await count([inputFile(write('wiki_00', article.repeat(3)), 'wikiextractor')]), 3);
  const json = '{"id": "1", "url": "u", "title": "山", "text": "山は高い。"}\n';
  assert.equal(await count([inputFile(write('wiki_01', json.repeat(3)), 'wikiextractor')]), 3);
  const cut = inputFile(write('wiki_02', article + article.slice(0, 40)), 'wikiextractor');
  const [chunk, last] = await chunksOf([cut]);
  assert.deepEqual(
    [...chunk!.faults, ...last!.faults].map(({ kind, offsetBytes }) => `${kind}@${offsetBytes}`),
    [`truncated@${cut.sizeBytes}`, `cutPage@${cut.sizeBytes}`],
  );
});

test('reading ends when it is aborted', async () => {
  const controller = new AbortController();
  const file = inputFile(write('long.xml', XML), 'mediawiki');
  await assert.rejects(
    async () => {
      for await (const _ of readChunks([file], INPUT_OPTIONS, null, controller.signal)) controller.abort();
    },
    { name: 'AbortError' },
  );
});
