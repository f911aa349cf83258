import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { madeUpChunk } from '../../test/support/corpora.js';
import { hasCode } from '../protocol/errors.js';
import type { SequenceChunk } from './corpus.js';
import { Random } from './random.js';
import { SHARD_FILES, type ShardPosition, shardPath } from './shardFiles.js';
import { ShardWriter } from './shardWriter.js';

const folder = mkdtempSync(join(tmpdir(), 'shardWriter-'));
after(() => rmSync(folder, { recursive: true }));

const START: ShardPosition = { sequences: 0, tokens: 0 };
const random = Random.fromSeed(4);
// Odd sizes, so that most chunks end within a byte of the bitmap; an empty one, and ones smaller than a byte.
const CHUNKS = [7, 1, 0, 40, 3, 1, 25].map((size) => madeUpChunk(random, size, 32_000, [3, 30]));
const contents = (name: string) => SHARD_FILES.map((file) => readFileSync(shardPath(folder, name, file)));

async function write(name: string, chunks: readonly SequenceChunk[]): Promise<void> {
  const writer = await ShardWriter.open(folder, name, 2, START);
  for (const chunk of chunks) await writer.append(chunk);
  await writer.finish();
}

test('ids, lengths and bits lie end to end, little-endian, lowest bit first', async () => {
  const writer = await ShardWriter.open(folder, 'bytes', 2, START);
  const chunk = (lengths: number[], ids: number[], wordStarts: number[]): SequenceChunk => ({
    lengths: Uint16Array.from(lengths),
    ids: Uint16Array.from(ids),
    wordStarts: Uint8Array.from(wordStarts),
  });
  await writer.append(chunk([3, 4], [2, 258, 3, 2, 5, 6, 3], [1, 1, 1, 1, 0, 1, 1]));
  await writer.append(chunk([3], [2, 7, 3], [1, 0, 1]));
  const shard = await writer.finish();
  const [ids, lengths, wordStarts] = contents('bytes');
  assert.deepEqual([...ids!], [2, 0, 2, 1, 3, 0, 2, 0, 5, 0, 6, 0, 3, 0, 2, 0, 7, 0, 3, 0]);
  assert.deepEqual([...lengths!], [3, 0, 4, 0, 3, 0]);
  assert.deepEqual([...wordStarts!], [0b11101111, 0b10]);
  assert.deepEqual([shard.name, shard.sequences, shard.tokens], ['bytes', 3, 10]);
  for (const [at, file] of SHARD_FILES.entries()) {
    const bytes = contents('bytes')[at]!;
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    assert.deepEqual(shard.files[file], { sizeBytes: bytes.length, sha256 });
  }
});

test('however sequences are put together in chunks, the files are the same', async () => {
  await write('chunks', CHUNKS);
  const joined = (key: 'lengths' | 'ids' | 'wordStarts') => CHUNKS.flatMap((chunk) => [...chunk[key]]);
  await write('whole', [
    {
      lengths: Uint16Array.from(joined('lengths')),
      ids: Uint16Array.from(joined('ids')),
      wordStarts: Uint8Array.from(joined('wordStarts')),
    },
  ]);
  assert.deepEqual(contents('chunks'), contents('whole'));
});

test('opened at a position, it goes on as if what followed had never been written', async () => {
  await write('straight', CHUNKS);
  for (let kept = 0; kept <= CHUNKS.length; kept++) {
    const name = `resumed-${kept}`;
    const first = await ShardWriter.open(folder, name, 2, START);
    for (const chunk of CHUNKS.slice(0, kept)) await first.append(chunk);
    const position = await first.flush();
    // What was under way when the process was killed: words that all begin, so that stray bits would show.
    const other = madeUpChunk(random, 9, 32_000);
    await first.append({ ...other, wordStarts: other.wordStarts.fill(1) });
    await first.close();

    const second = await ShardWriter.open(folder, name, 2, position);
    assert.deepEqual(second.position, position);
    for (const chunk of CHUNKS.slice(kept)) await second.append(chunk);
    await second.finish();
    assert.deepEqual(contents(name), contents('straight'), `after ${kept} chunks`);
  }
});

test('a file shorter than the position is an error that names it', async () => {
  const writer = await ShardWriter.open(folder, 'cut', 4, START);
  await writer.append(madeUpChunk(random, 5, 70_000));
  const position = await writer.flush();
  await writer.close();
  const file = shardPath(folder, 'cut', 'ids');
  truncateSync(file, 4 * position.tokens - 1);
  await assert.rejects(
    ShardWriter.open(folder, 'cut', 4, position),
    (e) => hasCode(e, 'corpusFileDamaged') && e.data.file === file && e.data.fault === 'size',
  );
});
