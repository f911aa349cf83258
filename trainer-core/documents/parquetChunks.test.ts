import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { INPUT_OPTIONS, inputFile, inputFolder } from '../../test/support/inputFiles.js';
import { hasCode } from '../protocol/errors.js';
import { documentsOf } from './documentsOf.js';
import type { Document, InputChunk } from './inputs.js';
import { parquetChunks } from './parquetChunks.js';

const { write } = inputFolder('parquetChunks');
const never = new AbortController().signal;
const fixture = (name: string) =>
  fileURLToPath(new URL(`../../../trainer-core/documents/fixtures/${name}`, import.meta.url));

async function chunksOf(file: string, { field = 'text', chunkBytes = 1 << 20, from = {} } = {}): Promise<InputChunk[]> {
  const chunks: InputChunk[] = [];
  const input = inputFile(file, 'parquet');
  for await (const chunk of parquetChunks(input, field, { file: 4, ...from }, 1000, never, chunkBytes))
    chunks.push(chunk);
  return chunks;
}

async function documents(chunks: readonly InputChunk[]): Promise<Document[]> {
  const read = [];
  for (const chunk of chunks) read.push(await documentsOf(structuredClone(chunk), INPUT_OPTIONS));
  return read.flatMap((chunk) => chunk.documents);
}

/** What fixtures/makeParquet.py writes. */
const EXPECTED = Array.from({ length: 120 }, (_, index) => index)
  .filter((index) => index % 29 !== 3 && index % 29 !== 4)
  .map((index) => ({
    id: String(1000 + index),
    title: `題${index}`,
    lines: [`${index} 番の一行目。`, `二行目、${'日本語'.repeat(index % 7)}。`],
  }));

for (const [name, expectedCounts] of [
  ['rows.snappy.parquet', [3, 3, 3]],
  ['rows.zstd.parquet', [11, 6, 1]],
] as const) {
  test(`${name}: rows become documents, whatever the pages that are read at once, and from any chunk on`, async () => {
    const counts = [];
    for (const chunkBytes of [1, 1000, 1 << 20]) {
      const chunks = await chunksOf(fixture(name), { chunkBytes });
      counts.push(chunks.length);
      assert.deepEqual(await documents(chunks), EXPECTED);
      assert.deepEqual(chunks.at(-1)!.next, { file: 5 });
      for (const [index, { next }] of chunks.slice(0, -1).entries()) {
        const rest = await chunksOf(fixture(name), { chunkBytes, from: JSON.parse(JSON.stringify(next)) });
        assert.deepEqual(rest, chunks.slice(index + 1));
      }
    }
    assert.deepEqual(counts, expectedCounts);
  });
}

test('rows without text are counted', async () => {
  const [chunk] = await chunksOf(fixture('rows.zstd.parquet'));
  assert.equal((await documentsOf(chunk!, INPUT_OPTIONS)).dropped.noText, 9);
});

test('a column that is not there, or is not text, is told with what there is', async () => {
  const file = fixture('rows.snappy.parquet');
  await assert.rejects(chunksOf(file, { field: 'body' }), (error) => {
    assert.ok(hasCode(error, 'fieldMissing'));
    assert.deepEqual(error.data, { file, line: null, field: 'body', known: ['id', 'url', 'title', 'text', 'tags'] });
    return true;
  });
  for (const [field, got] of [
    ['tags', 'LIST'],
    ['id', 'INT64'],
  ] as const) {
    await assert.rejects(
      chunksOf(file, { field }),
      (error) => hasCode(error, 'columnNotText') && error.data.got === got,
    );
  }
});

test('text that is not UTF-8 is told with its row', async () => {
  const file = fixture('invalid.parquet');
  await assert.rejects(documents(await chunksOf(file)), (error) => {
    assert.ok(hasCode(error, 'rowInvalidUtf8'));
    assert.deepEqual(error.data, { file, row: 2, column: 'text' });
    return true;
  });
});

test('a file that is cut off or no Parquet is told', async () => {
  const bytes = readFileSync(fixture('rows.snappy.parquet'));
  const wrong = [bytes.subarray(0, -100), Buffer.from('PAR1'), Buffer.from('text'), Buffer.alloc(0)];
  for (const [index, contents] of wrong.entries()) {
    const file = write(`wrong${index}.parquet`, contents);
    await assert.rejects(chunksOf(file), (error) => hasCode(error, 'parquetInvalid'), String(index));
  }
  // The pages overwritten: the footer is whole, what it points to is not.
  const holed = Buffer.from(bytes).fill(0xff, 4, 4000);
  const file = write('holed.parquet', holed);
  await assert.rejects(
    async () => documents(await chunksOf(file)),
    (error) => hasCode(error, 'parquetInvalid'),
  );
});
