import assert from 'node:assert/strict';
import { createHash, randomFillSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inputFolder, needs, packedBy, proseOf } from '../../test/support/inputFiles.js';
import { type Bzip2Unpacker, unpackBzip2 } from './unpackBzip2.js';

const { write } = inputFolder('unpackBzip2');
const MULTISTREAM = fileURLToPath(
  new URL('../../../trainer-core/documents/fixtures/multistream.xml.bz2', import.meta.url),
);
const HERE: Bzip2Unpacker = { program: null, threads: 1 };
const THREADS: Bzip2Unpacker = { program: null, threads: 2 };
const never = new AbortController().signal;
let files = 0;

/** What unpacking gave: the bytes' checksum and length, and what else was told, after how many bytes. */
interface Outcome {
  bytes: Buffer;
  told: string[];
}

async function unpacked(file: string, by: Bzip2Unpacker, segmentBytes?: number, start = 0): Promise<Outcome> {
  const pieces: Uint8Array[] = [];
  const told: string[] = [];
  let length = 0;
  for await (const item of unpackBzip2(file, start, by, never, segmentBytes)) {
    if (item.kind === 'bytes') {
      pieces.push(item.bytes);
      length += item.bytes.length;
    } else {
      told.push(`${item.kind === 'fault' ? item.fault : item.kind}@${item.offsetBytes} after ${length}`);
    }
  }
  return { bytes: Buffer.concat(pieces), told };
}

/** Unpacks in every way there is and asserts that all give the same. */
async function everyWay(packed: Uint8Array, segmentBytes?: number): Promise<Outcome> {
  const file = write(`${++files}.bz2`, packed);
  const expected = await unpacked(file, HERE, segmentBytes);
  for (const by of [THREADS, { program: 'lbzip2', threads: 1 }, { program: 'bzip2', threads: 1 }]) {
    const got = await unpacked(file, by, segmentBytes);
    assert.deepEqual([digest(got.bytes), got.told], [digest(expected.bytes), expected.told], JSON.stringify(by));
  }
  return expected;
}

const digest = (bytes: Buffer) => `${bytes.length} ${createHash('sha256').update(bytes).digest('hex')}`;
const bzip2 = (bytes: string | Uint8Array, level = 9) => packedBy('bzip2', [`-${level}`], bytes);

/** `bytes` with a bit turned over. */
function damaged(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at]! ^= 0x10;
  return copy;
}

test('a file of several streams is unpacked without any program', async () => {
  for (const by of [HERE, THREADS, { program: 'no such program', threads: 1 }]) {
    const { bytes, told } = await unpacked(MULTISTREAM, by);
    assert.match(bytes.toString('utf8'), /^<mediawiki.*<title>海<\/title>.*<\/mediawiki>\n$/s);
    assert.equal(bytes.length, 3123);
    assert.deepEqual(told, ['restart@0 after 0']);
  }
});

test('what bzip2 packed comes out as it was', async (t) => {
  if (!needs(t, 'bzip2') || !needs(t, 'lbzip2')) return;
  const noise = randomFillSync(Buffer.alloc(300_000));
  const contents: [string, Uint8Array | string][] = [
    ['nothing', ''],
    ['a byte', 'a'],
    ['all bytes', Uint8Array.from({ length: 1024 }, (_, index) => index)],
    ['a run of every length', Array.from({ length: 600 }, (_, index) => 'a'.repeat(index)).join('b')],
    ['a long run', Buffer.alloc(5_000_000, 0x61)],
    ['runs at a block border', Buffer.concat([noise.subarray(0, 99_990), Buffer.alloc(1000, 7), noise])],
    ['noise', noise],
    ['prose', proseOf(1, 500_000)],
    ['periods', 'abc'.repeat(300_000)],
  ];
  for (const [name, content] of contents) {
    for (const level of [1, 9]) {
      await t.test(`${name}, -${level}`, async () => {
        const { bytes, told } = await everyWay(bzip2(content, level));
        assert.equal(digest(bytes), digest(Buffer.from(content as string)));
        assert.deepEqual(told, ['restart@0 after 0']);
      });
    }
  }
});

test('streams are unpacked in segments, and from each on its own', async (t) => {
  if (!needs(t, 'bzip2') || !needs(t, 'lbzip2')) return;
  const texts = Array.from({ length: 12 }, (_, index) => Buffer.from(proseOf(index, 20_000)));
  const streams = texts.map((text) => bzip2(text));
  const { bytes, told } = await everyWay(Buffer.concat(streams), 40_000);
  assert.equal(digest(bytes), digest(Buffer.concat(texts)));
  assert.ok(told.length > 2 && told.length < 12, told.join());
  const file = write('segments.bz2', Buffer.concat(streams));
  for (const place of told) {
    const [, start, length] = /restart@(\d+) after (\d+)/.exec(place)!.map(Number);
    const rest = await unpacked(file, HERE, 40_000, start);
    assert.equal(digest(rest.bytes), digest(bytes.subarray(length)), place);
  }
});

/** Two blocks of 100,000 bytes, as `bzip2 -1` counts them, and a short one. */
const text = Buffer.from(proseOf(5, 80_000)).subarray(0, 205_000);
const [first, second] = [text.subarray(0, 99_981), text.subarray(99_981, 199_962)];

test('a file that breaks off keeps all whole blocks', async (t) => {
  if (!needs(t, 'bzip2') || !needs(t, 'lbzip2')) return;
  const packed = bzip2(text, 1);
  const whole = (await everyWay(packed)).bytes;
  const second = Math.floor(blockBits(packed)[1]! / 8);
  const third = Math.floor(blockBits(packed)[2]! / 8);
  const cut = async (length: number) => {
    const { bytes, told } = await everyWay(packed.subarray(0, length));
    assert.ok(whole.subarray(0, bytes.length).equals(bytes));
    return [bytes.length, ...told.slice(1)];
  };
  assert.deepEqual(await cut(third + 100), [199_962, `truncated@${third} after 199962`]);
  assert.deepEqual(await cut(third + 3), [199_962, `truncated@${third} after 199962`]);
  assert.deepEqual(await cut(second + 9), [99_981, `truncated@${second} after 99981`]);
  assert.deepEqual(await cut(5), [0, 'truncated@0 after 0']);
  const [length, fault] = await cut(packed.length - 1);
  assert.equal(length, text.length);
  assert.match(String(fault), /^truncated@/);
});

test('a damaged block is left out, what follows is not', async (t) => {
  if (!needs(t, 'bzip2') || !needs(t, 'lbzip2')) return;
  const packed = Buffer.concat([bzip2(text, 1), bzip2('second stream')]);
  const bits = blockBits(packed);
  const at = (block: number) => Math.floor(bits[block]! / 8);
  const rest = Buffer.concat([text.subarray(199_962), Buffer.from('second stream')]);
  const withoutFirst = digest(Buffer.concat([second, rest]));
  const withoutSecond = digest(Buffer.concat([first, rest]));
  const cases: [string, number, string, string[]][] = [
    ['its symbols', at(1) + 2000, withoutSecond, [`damagedBlock@${at(1)} after 99981`]],
    ['its checksum', at(1) + 8, withoutSecond, [`damagedBlock@${at(1)} after 99981`]],
    ['its magic', at(1) + 2, withoutSecond, [`damagedBlock@${at(1)} after 99981`]],
    ['its head', at(1) + 12, withoutSecond, [`damagedBlock@${at(1)} after 99981`]],
    ['the first magic', 6, withoutFirst, ['damagedBlock@0 after 0']],
    ['the header', 1, digest(Buffer.concat([first, second, rest])), ['damagedBlock@0 after 0']],
  ];
  for (const [name, byte, expected, faults] of cases) {
    await t.test(name, async () => {
      const { bytes, told } = await everyWay(damaged(packed, byte));
      assert.equal(digest(bytes), expected);
      assert.deepEqual(told, ['restart@0 after 0', ...faults]);
    });
  }
});

test('what a program gave of a damaged block is not given on', async (t) => {
  if (!needs(t, 'bzip2')) return;
  // Runs make each block 46 MB long, and bzip2 writes those before it sees that the checksum is wrong.
  const blockBytes = 45_899_235;
  const packed = bzip2(Buffer.alloc(140_000_000));
  const third = Math.floor(blockBits(packed)[2]! / 8);
  const file = write('runs.bz2', damaged(packed, third + 8));
  const { bytes, told } = await unpacked(file, { program: 'bzip2', threads: 1 });
  assert.deepEqual(told, ['restart@0 after 0', `damagedBlock@${third} after ${2 * blockBytes}`]);
  assert.equal(bytes.length, 140_000_000 - blockBytes);
});

test('what is wrong between and after streams is told, and zeros at the end are not wrong', async (t) => {
  if (!needs(t, 'bzip2') || !needs(t, 'lbzip2')) return;
  const [a, b] = [bzip2('first stream'), bzip2('second stream')];
  const both = 'first streamsecond stream';
  const outcome = async (...parts: (Buffer | string)[]) => {
    const { bytes, told } = await everyWay(Buffer.concat(parts.map((part) => Buffer.from(part as string))));
    return [bytes.toString(), ...told.slice(1)];
  };
  assert.deepEqual(await outcome(a, b), [both]);
  assert.deepEqual(await outcome(a, b, Buffer.alloc(1000)), [both]);
  assert.deepEqual(await outcome(a, 'junk', b), [both, `damagedBlock@${a.length} after 12`]);
  assert.deepEqual(await outcome(a, damaged(b, 1)), [both, `damagedBlock@${a.length} after 12`]);
  assert.deepEqual(await outcome(a, 'BZ'), ['first stream', `truncated@${a.length} after 12`]);
  assert.deepEqual(await outcome(a, b.subarray(0, 8)), ['first stream', `truncated@${a.length} after 12`]);
  // A stream's own checksum: the last four bytes but for the bits that fill the last one.
  const [bytes, fault] = await outcome(damaged(a, a.length - 3), b);
  assert.equal(bytes, both);
  assert.match(fault!, /^damagedBlock@\d+ after 12$/);
});

test('a program is stopped when its output is no longer wanted, and aborting ends everything', async (t) => {
  if (!needs(t, 'bzip2') || !needs(t, 'lbzip2')) return;
  const file = write('long.bz2', bzip2(Buffer.alloc(100_000_000)));
  for (const by of [HERE, THREADS, { program: 'lbzip2', threads: 1 }]) {
    for await (const item of unpackBzip2(file, 0, by, never)) if (item.kind === 'bytes') break;
    const controller = new AbortController();
    await assert.rejects(
      async () => {
        for await (const item of unpackBzip2(file, 0, by, controller.signal)) {
          if (item.kind === 'bytes') controller.abort();
        }
      },
      { name: 'AbortError' },
    );
  }
});

/** Where blocks begin, in bits, by looking at every place. */
function blockBits(packed: Buffer): number[] {
  const bits = [...packed].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const magic = 0x314159265359n.toString(2).padStart(48, '0');
  const places: number[] = [];
  for (let at = bits.indexOf(magic); at >= 0; at = bits.indexOf(magic, at + 1)) places.push(at);
  return places;
}

test('the committed file is what its readme says', () => {
  assert.equal(blockBits(readFileSync(MULTISTREAM)).length, 4);
});
