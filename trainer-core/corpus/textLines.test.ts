import assert from 'node:assert/strict';
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { hasCode } from '../protocol/errors.js';
import { LINE_LIMIT_BYTES, LineDecoder, readTextLines, type TextLine } from './textLines.js';

const folder = mkdtempSync(join(tmpdir(), 'textLines-'));
after(() => rmSync(folder, { recursive: true }));
let files = 0;

function written(contents: string | Uint8Array, extension = 'txt'): string {
  files += 1;
  const file = join(folder, `${files}.${extension}`);
  writeFileSync(file, contents);
  return file;
}

async function lines(file: string, limitBytes?: number): Promise<TextLine[]> {
  const all: TextLine[] = [];
  for await (const line of readTextLines(file, limitBytes)) all.push(line);
  return all;
}

const texts = async (file: string) => (await lines(file)).map(({ text }) => text);

test('LF and CR LF end lines, a byte order mark at the start goes, one inside stays', async () => {
  assert.deepEqual(await texts(written('\ufeff一行目\r\n二\r行目\n\n\ufeff四行目\n')), [
    '一行目',
    '二\r行目',
    '',
    '\ufeff四行目',
  ]);
});

test('the last line needs no line end, and lines count from 1', async () => {
  assert.deepEqual(await lines(written('一\n二')), [
    { text: '一', line: 1 },
    { text: '二', line: 2 },
  ]);
  assert.deepEqual(await texts(written('一\r\n二\r')), ['一', '二']);
});

test('a character or a line end cut by the border of a chunk is put together again', () => {
  const bytes = Buffer.from('\ufeff日本語\r\n𠮷野家\n');
  for (let cut = 0; cut <= bytes.length; cut++) {
    const decoder = new LineDecoder('x');
    const parts = [bytes.subarray(0, cut), bytes.subarray(cut)];
    const got = [...parts.flatMap((part) => [...decoder.push(part)]), ...decoder.end()];
    assert.deepEqual(
      got.map(({ text }) => text),
      ['日本語', '𠮷野家'],
    );
  }
});

test('reads many lines over many chunks', async () => {
  const expected = Array.from({ length: 20_000 }, (_, i) => `${i} 行目の文`);
  assert.deepEqual(await texts(written(expected.join('\n'))), expected);
});

test('invalid UTF-8 names its line', async () => {
  for (const wrong of [[0xff], [0xe3, 0x81], [0xed, 0xa0, 0x80], [0xc0, 0xaf], [0xf4, 0x90, 0x80, 0x80]]) {
    const file = written(Buffer.concat([Buffer.from('一\n二\n三'), Buffer.from(wrong), Buffer.from('\n四\n')]));
    await assert.rejects(lines(file), (e) => hasCode(e, 'invalidUtf8') && e.data.line === 3 && e.data.file === file);
  }
  const utf16 = written(Buffer.from('\ufeff日本語', 'utf16le'));
  await assert.rejects(lines(utf16), (e) => hasCode(e, 'invalidUtf8') && e.data.line === 1);
});

test('a 10 MB line is an error that names it; a line at the limit is not', async () => {
  const long = written(`一\n${'あ'.repeat(10_000_000 / 3)}\n三\n`);
  await assert.rejects(
    lines(long),
    (e) => hasCode(e, 'lineTooLong') && e.data.line === 2 && e.data.limitBytes === LINE_LIMIT_BYTES,
  );
  assert.deepEqual(await lines(written('12345\r\n1234'), 5), [
    { text: '12345', line: 1 },
    { text: '1234', line: 2 },
  ]);
  for (const over of ['1\n123456\n', '1\n123456', '1\n1234567', '1\n123456\r\n']) {
    await assert.rejects(lines(written(over), 5), (e) => hasCode(e, 'lineTooLong') && e.data.line === 2);
  }
});

test('a carriage return does not count, wherever the chunks end', () => {
  const bytes = Buffer.from('12345\r\n12345\r\n');
  for (let cut = 0; cut <= bytes.length; cut++) {
    const decoder = new LineDecoder('x', 5);
    const got = [...decoder.push(bytes.subarray(0, cut)), ...decoder.push(bytes.subarray(cut)), ...decoder.end()];
    assert.equal(got.length, 2);
  }
});

test('an endless line does not fill the memory', async () => {
  const file = written('');
  const descriptor = openSync(file, 'r+');
  ftruncateSync(descriptor, 2 ** 31); // 2 GiB without a line feed, sparse on the disk.
  closeSync(descriptor);
  const before = process.memoryUsage.rss();
  await assert.rejects(lines(file), (e) => hasCode(e, 'lineTooLong') && e.data.line === 1);
  assert.ok(process.memoryUsage.rss() - before < 64 * 1024 * 1024);
});

test('an empty file is an error, and so is one of white space', async () => {
  for (const empty of ['', '\ufeff', '\n\n', ' \r\n　\n']) {
    await assert.rejects(lines(written(empty)), (e) => hasCode(e, 'fileEmpty'));
  }
});

test('a missing file and a folder have their errors', async () => {
  await assert.rejects(lines(join(folder, 'none.txt')), (e) => hasCode(e, 'fileNotFound'));
  await assert.rejects(lines(join(folder, 'none.txt.gz')), (e) => hasCode(e, 'fileNotFound'));
  await assert.rejects(lines(folder), (e) => hasCode(e, 'fileUnreadable') && e.data.reason === 'EISDIR');
});

test('unpacks .gz on the way; a broken one is an error', async () => {
  const packed = gzipSync(Buffer.from('\ufeff一\r\n二\n'.repeat(2000)));
  assert.equal((await texts(written(packed, 'txt.gz'))).length, 4000);
  for (const broken of [packed.subarray(0, packed.length - 20), Buffer.from('not packed at all\n')]) {
    await assert.rejects(lines(written(broken, 'txt.gz')), (e) => hasCode(e, 'fileUnreadable'));
  }
});
