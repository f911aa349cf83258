/** How a shard lies on the disk: three files of consecutive sequences, little-endian as every host of ours is. See docs/formats.md. */
import { join } from 'node:path';
import type { CorpusShard } from '../protocol/corpusManifest.js';

/** The files of a shard: ids of two or four bytes; lengths in ids, of two bytes; a bit an id, lowest first, 1 where a word begins. */
export type ShardFile = keyof CorpusShard['files'];
export const SHARD_FILES = ['ids', 'lengths', 'wordStarts'] as const satisfies readonly ShardFile[];

/** A shard takes no more sequences once it has this many ids: half a gigabyte of them at two bytes each. */
export const SHARD_TOKENS = 2 ** 28;

/** Bytes of a length. */
export const LENGTH_BYTES = 2;

/** How much lies in a shard. */
export interface ShardPosition {
  sequences: number;
  tokens: number;
}

/** Bytes of an id of a vocabulary with `vocabularySize` pieces. */
export function idBytesFor(vocabularySize: number): 2 | 4 {
  return vocabularySize <= 65_536 ? 2 : 4;
}

/** The name of the shard with this number, counted from 0. */
export function shardName(number: number): string {
  return `shard-${String(number).padStart(5, '0')}`;
}

/** The path of one file of a shard. */
export function shardPath(folder: string, shard: string, file: ShardFile): string {
  return join(folder, `${shard}.${file}`);
}

/** The bytes of each file of a shard with so much in it. */
export function shardSizes({ sequences, tokens }: ShardPosition, idBytes: number): Record<ShardFile, number> {
  return { ids: tokens * idBytes, lengths: sequences * LENGTH_BYTES, wordStarts: Math.ceil(tokens / 8) };
}
