import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { hasCode } from '../protocol/errors.js';
import { readTar } from './tar.js';

const folder = mkdtempSync(join(tmpdir(), 'tar-'));
after(() => rmSync(folder, { recursive: true }));

/** One entry of an archive: its header, and its body filled up to whole blocks. */
function entry(name: string, body: string | Buffer, { type = '0', prefix = '' } = {}): Buffer {
  const bytes = Buffer.from(body);
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000644\0', 100);
  header.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write(`${' '.repeat(8)}${type}`, 148);
  header.write('ustar\x0000', 257);
  header.write(prefix, 345);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

const END = Buffer.alloc(1024);

function written(...parts: Buffer[]): string {
  const file = join(folder, 'archive.tar');
  writeFileSync(file, Buffer.concat(parts));
  return file;
}

test('gives the files by name and passes over folders and links', () => {
  const file = written(
    entry('text/', '', { type: '5' }),
    entry('text/a.txt', 'あ'),
    entry('text/link', '', { type: '2' }),
    entry('text/empty.txt', ''),
    entry('b.bin', Buffer.alloc(1024, 7)),
    END,
  );
  const files = readTar(file);
  assert.deepEqual([...files.keys()], ['text/a.txt', 'text/empty.txt', 'b.bin']);
  assert.equal(files.get('text/a.txt')!.toString(), 'あ');
  assert.equal(files.get('text/empty.txt')!.length, 0);
  assert.deepEqual(files.get('b.bin'), Buffer.alloc(1024, 7));
});

test("knows ustar's prefix and GNU's long names", () => {
  const long = `${'folder/'.repeat(30)}file.txt`;
  const file = written(
    entry('file.txt', '1', { prefix: 'a/b' }),
    entry('././@LongLink', `${long}\0`, { type: 'L' }),
    entry(long.slice(0, 100), '2'),
    entry('n'.repeat(100), '3'),
    END,
  );
  assert.deepEqual([...readTar(file).keys()], ['a/b/file.txt', long, 'n'.repeat(100)]);
});

test('unpacks .tar.gz', () => {
  const file = written(gzipSync(Buffer.concat([entry('a', '1'), END])));
  assert.deepEqual([...readTar(file).keys()], ['a']);
});

test('an archive that is cut off or damaged is an error', () => {
  const whole = Buffer.concat([entry('a', 'x'.repeat(2000)), entry('b', '1')]);
  const reads = (bytes: Buffer) => () => readTar(written(bytes));
  const invalid = (reason: string, offset: number) => (e: unknown) =>
    hasCode(e, 'archiveInvalid') && e.data.reason === reason && e.data.offset === offset;
  assert.throws(reads(whole.subarray(0, 1500)), invalid('truncated', 0));
  assert.throws(reads(whole), invalid('truncated', whole.length)); // No end mark.
  const damaged = Buffer.from(whole);
  damaged[2560] = 0x7a;
  assert.throws(reads(damaged), invalid('checksum', 2560));
  assert.throws(reads(Buffer.from('plain text'.repeat(100))), invalid('checksum', 0));
  assert.throws(reads(gzipSync(whole).subarray(0, 60)), invalid('truncated', 60));
  assert.throws(
    () => readTar(join(folder, 'none.tar')),
    (e) => hasCode(e, 'fileNotFound'),
  );
});
