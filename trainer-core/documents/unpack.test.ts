import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { inputFile, inputFolder, needs, packedBy, proseOf } from '../../test/support/inputFiles.js';
import { hasCode } from '../protocol/errors.js';
import type { Unpacker } from '../protocol/jobs.js';
import type { Compression } from './inputs.js';
import { unpack, unpackerOf } from './unpack.js';

const { write } = inputFolder('unpack');
const never = new AbortController().signal;
const TEXT = proseOf(1, 700_000);

async function unpacked(file: string, compression: Compression, by?: Unpacker): Promise<[string, ...string[]]> {
  const input = inputFile(file, 'text', compression);
  const pieces: Uint8Array[] = [];
  const told: string[] = [];
  for await (const item of unpack(input, 0, by ?? unpackerOf(input), never)) {
    if (item.kind === 'bytes') pieces.push(item.bytes);
    else if (item.kind === 'fault') told.push(`${item.fault}@${item.offsetBytes}`);
  }
  return [Buffer.concat(pieces).toString('utf8'), ...told];
}

test('a file that is not packed comes as it is, from any place', async () => {
  const file = write('plain.txt', TEXT);
  assert.deepEqual(await unpacked(file, 'none'), [TEXT]);
  let rest = '';
  for await (const item of unpack(inputFile(file, 'text'), 3000, 'none', never)) {
    if (item.kind === 'bytes') rest += Buffer.from(item.bytes).toString('latin1');
  }
  assert.equal(Buffer.from(rest, 'latin1').toString('utf8'), TEXT.slice(1000));
});

test('gzip: members one after another, and whatever a broken off one gives', async () => {
  const packed = gzipSync(TEXT);
  assert.deepEqual(await unpacked(write('two.gz', Buffer.concat([packed, gzipSync('more')])), 'gz'), [`${TEXT}more`]);
  const small = Array.from({ length: 3000 }, (_, index) => gzipSync(`${index} ${TEXT.slice(index, index + 300)}\n`));
  const [lines] = await unpacked(write('many.gz', Buffer.concat(small)), 'gz');
  assert.equal(lines.split('\n').length, 3001);
  // What is no member is passed over, as gzip does.
  assert.deepEqual(await unpacked(write('tail.gz', Buffer.concat([packed, Buffer.alloc(2_000_000)])), 'gz'), [TEXT]);
  const half = packed.subarray(0, packed.length / 2);
  const [text, ...told] = await unpacked(write('half.gz', half), 'gz');
  assert.ok(text.length > TEXT.length / 3 && TEXT.startsWith(text.slice(0, -1)));
  assert.deepEqual(told, [`truncated@${half.length}`]);
  // Cut in the checksum at the end: nothing of the text is lost.
  assert.deepEqual(await unpacked(write('end.gz', packed.subarray(0, -3)), 'gz'), [
    TEXT,
    `truncated@${packed.length - 3}`,
  ]);
});

test('gzip that is damaged cannot be read past', async () => {
  const packed = gzipSync(TEXT);
  packed[packed.length - 6]! ^= 1;
  const file = write('damaged.gz', packed);
  await assert.rejects(unpacked(file, 'gz'), (error) => {
    assert.ok(hasCode(error, 'packedFileDamaged'), String(error));
    assert.deepEqual(error.data, { file, offsetBytes: packed.length });
    return true;
  });
  await assert.rejects(unpacked(write('none.gz', 'text'), 'gz'), (error) => hasCode(error, 'packedFileDamaged'));
});

test('zstd', async (t) => {
  if (!needs(t, 'zstd')) return;
  const packed = packedBy('zstd', ['-q'], TEXT);
  assert.deepEqual(await unpacked(write('whole.zst', Buffer.concat([packed, packed])), 'zst'), [TEXT + TEXT]);
  // Frames of every length, so that some end inside of a piece that is read and some at its end.
  const frames = Array.from({ length: 40 }, (_, index) => packedBy('zstd', ['-q', '-1'], proseOf(index, index * 4000)));
  const expected = Array.from({ length: 40 }, (_, index) => proseOf(index, index * 4000)).join('');
  assert.deepEqual(await unpacked(write('frames.zst', Buffer.concat(frames)), 'zst'), [expected]);
  const half = packed.subarray(0, packed.length / 2);
  const [text, ...told] = await unpacked(write('half.zst', half), 'zst');
  assert.ok(text.length > 0 && TEXT.startsWith(text.slice(0, -1)));
  assert.deepEqual(told, [`truncated@${half.length}`]);
  packed[packed.length - 2]! ^= 1;
  await assert.rejects(unpacked(write('damaged.zst', packed), 'zst'), (error) => hasCode(error, 'packedFileDamaged'));
});

test('what unpacks follows from what is installed', () => {
  const path = process.env.PATH;
  const file = write('some.bz2', 'x');
  const large = { file, compression: 'bz2' as const, sizeBytes: 1e9 };
  try {
    process.env.PATH = '/no/such/folder';
    assert.ok(['threads', 'inProcess'].includes(unpackerOf(large)));
    assert.equal(unpackerOf({ ...large, sizeBytes: 1000 }), 'inProcess');
    process.env.PATH = path;
    assert.equal(unpackerOf({ ...large, compression: 'gz' }), 'zlib');
    assert.equal(unpackerOf({ ...large, compression: 'none' }), 'none');
  } finally {
    process.env.PATH = path;
  }
});

test('a missing file is told', async () => {
  for (const [compression, by] of [
    ['none', 'none'],
    ['gz', 'zlib'],
    ['bz2', 'inProcess'],
    ['bz2', 'lbzip2'],
  ] as const) {
    const missing = { file: '/no/such/file', compression, sizeBytes: 1 };
    await assert.rejects(
      async () => {
        for await (const _ of unpack(missing, 0, by, never));
      },
      (error) => hasCode(error, 'fileNotFound'),
    );
  }
});
