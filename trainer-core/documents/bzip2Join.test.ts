import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needs, packedBy, proseOf } from '../../test/support/inputFiles.js';
import { Bzip2BlockDecoder } from './bzip2Block.js';
import { type DecodedPart, joinBlocks } from './bzip2Join.js';
import { type Bzip2Part, bzip2Parts } from './bzip2Parts.js';

const decoder = new Bzip2BlockDecoder();

async function partsOf(packed: Buffer, pieceBytes: number): Promise<Bzip2Part[]> {
  async function* pieces() {
    for (let at = 0; at < packed.length; at += pieceBytes) yield packed.subarray(at, at + pieceBytes);
  }
  const parts: Bzip2Part[] = [];
  for await (const part of bzip2Parts(pieces(), 0)) parts.push(part);
  return parts;
}

async function joined(parts: Bzip2Part[]): Promise<{ text: string; faults: number }> {
  async function* decoded(): AsyncGenerator<DecodedPart> {
    for (const part of parts) {
      yield { part, block: part.kind === 'block' ? decoder.decode(part.bytes, part.bit % 8) : null };
    }
  }
  const decode = async (bytes: Uint8Array, startBit: number) => decoder.decode(bytes, startBit);
  let text = '';
  let faults = 0;
  for await (const item of joinBlocks(decoded(), { decode, endsFile: () => true })) {
    if (item.kind === 'bytes') text += Buffer.from(item.bytes).toString('latin1');
    else faults++;
  }
  return { text, faults };
}

/** The part as two, as if a magic stood by chance at `bit` in it. */
function splitAt(part: Bzip2Part, bit: number, kind: 'block' | 'end'): Bzip2Part[] {
  const first = Math.floor(part.bit / 8);
  const bytes = part.bytes.subarray(0, Math.ceil(bit / 8) - first);
  const rest = part.bytes.subarray(Math.floor(bit / 8) - first);
  return [
    { ...part, bytes, nextBit: bit, isLast: false },
    { ...part, kind, bit, bytes: rest },
  ];
}

test('parts are the same whatever the pieces were', async (t) => {
  if (!needs(t, 'bzip2')) return;
  const packed = packedBy('bzip2', ['-1'], proseOf(3, 60_000));
  const expected = await partsOf(packed, packed.length);
  assert.ok(expected.length > 3);
  for (const pieceBytes of [1, 2, 3, 7, 1000]) {
    const parts = await partsOf(packed, pieceBytes);
    assert.deepEqual(
      parts.map((part) => ({ ...part, bytes: Buffer.from(part.bytes).toString('hex') })),
      expected.map((part) => ({ ...part, bytes: Buffer.from(part.bytes).toString('hex') })),
    );
  }
});

test('a magic that stands inside a block by chance does no harm', async (t) => {
  if (!needs(t, 'bzip2')) return;
  const text = proseOf(3, 60_000);
  const parts = await partsOf(packedBy('bzip2', ['-1'], text), 4096);
  const expected = { text: Buffer.from(text).toString('latin1'), faults: 0 };
  assert.deepEqual(await joined(parts), expected);
  for (const [index, part] of parts.entries()) {
    if (part.kind !== 'block') continue;
    for (const kind of ['block', 'end'] as const) {
      for (const bit of [part.bit + 400, part.bit + 20_001, part.nextBit - 100]) {
        const split = [...parts.slice(0, index), ...splitAt(part, bit, kind), ...parts.slice(index + 1)];
        assert.deepEqual(await joined(split), expected, `${kind} at ${bit}`);
      }
    }
  }
});
