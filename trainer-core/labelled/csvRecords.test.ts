import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LineDecoder, type TextLine } from '../corpus/textLines.js';
import { hasCode } from '../protocol/errors.js';
import { csvRecords } from './csvRecords.js';

async function* linesOf(text: string): AsyncGenerator<TextLine> {
  const decoder = new LineDecoder('data.csv');
  yield* decoder.push(Buffer.from(text));
  yield* decoder.end();
}

async function read(text: string): Promise<{ line: number; cells: string[] }[]> {
  const records = [];
  for await (const record of csvRecords(linesOf(text), 'data.csv')) records.push(record);
  return records;
}

const cells = async (text: string) => (await read(text)).map((record) => record.cells);

test('quotes, commas and line breaks in fields; records know the line they begin in', async () => {
  assert.deepEqual(await read('text,label\r\n"一、\n二, ""三""",a\r\n\r\n,"",\r\n'), [
    { line: 1, cells: ['text', 'label'] },
    { line: 2, cells: ['一、\n二, "三"', 'a'] },
    { line: 5, cells: ['', '', ''] },
  ]);
  assert.deepEqual(await cells('a"b"c,d'), [['a"b"c', 'd']]);
  assert.deepEqual(await cells('"a\n\n\nb",c\nd,e'), [
    ['a\n\n\nb', 'c'],
    ['d', 'e'],
  ]);
});

test('a quote that is never closed is told by the line that opens it, and what follows a closing one by its place', async () => {
  await assert.rejects(
    read('a,b\nc,"d\ne,f\n"'.replace(/"$/, 'g')),
    (e) => hasCode(e, 'csvQuoteOpen') && e.data.line === 2,
  );
  await assert.rejects(
    read(`a,b\nc,"${`${'長い'.repeat(1000)}\n`.repeat(3000)}`),
    (e) => hasCode(e, 'csvQuoteOpen') && e.data.line === 2,
  );
  await assert.rejects(read('a,"b"c'), (e) => hasCode(e, 'csvAfterQuote') && e.data.column === 6);
});

test('what is written by RFC 4180 is read back', async () => {
  const field = fc.string({
    unit: fc.constantFrom('"', ',', '\n', ' ', '\t', '日', '本', '語', '𠮟', 'a', "'", ';'),
    maxLength: 12,
  });
  const table = fc
    .integer({ min: 2, max: 4 })
    .chain((width) =>
      fc.array(fc.array(field, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }),
    );
  await fc.assert(
    fc.asyncProperty(table, fc.constantFrom('\n', '\r\n'), fc.boolean(), async (rows, end, always) => {
      const written = (cell: string) => (always || /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
      const text = rows.map((row) => row.map(written).join(',')).join(end);
      // Text of white space alone counts as an empty file, which is the lines' affair.
      fc.pre(text.trim() !== '');
      assert.deepEqual(await cells(text), rows);
    }),
    { numRuns: 300 },
  );
});
