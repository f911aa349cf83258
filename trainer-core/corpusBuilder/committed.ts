/** `building.json`: how far an unfinished build is, written at once when all that it counts is on the disk. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync, inflateSync } from 'node:zlib';
import * as z from 'zod';
import { atomicFile } from '../checkpoint/atomicWrite.js';
import { readError } from '../checkpoint/inputFile.js';
import type { InputPosition } from '../documents/inputs.js';
import { BUILDING_FILE, corpusReport } from '../protocol/corpusManifest.js';
import { hasCode, TrainerError } from '../protocol/errors.js';
import { buildIdentity } from './buildIdentity.js';

const count = z.int().min(0);
const parts = corpusReport.shape;

/** Many counts: doubles, little-endian, deflated, in Base64. */
const packedCounts = z.base64();

const committed = z.strictObject({
  identity: buildIdentity,
  /** All input has been read; what is left is to be done from the start. */
  isRead: z.boolean(),
  /** After the last chunk that was written; null at the start. */
  position: z.looseObject({ file: count }).nullable(),
  /** Of the input, for progress. */
  readBytes: count,
  shards: z.array(z.strictObject({ sequences: count, tokens: count })),
  read: z.strictObject({
    documentsOf: z.array(count),
    faults: parts.faults,
    documents: parts.documents,
    wikitextProblems: parts.wikitextProblems,
    textBytes: count,
    sentences: parts.sentences,
    sequences: parts.sequences.omit({ kept: true }),
  }),
  kept: z.strictObject({ lengths: packedCounts, pieces: packedCounts }),
  tokenCounts: packedCounts,
});
export type Committed = z.output<typeof committed> & { position: InputPosition | null };

/** Puts the state in place. Throws `diskFull`, `folderNotWritable`; the one before then stands. */
export async function writeCommitted(folder: string, state: Committed): Promise<void> {
  await atomicFile(join(folder, BUILDING_FILE), `${JSON.stringify(state)}\n`);
}

/** The state of the build in a folder; null where there is none. Throws `corpusInvalid` for what we have not written, `fileUnreadable`. */
export async function readCommitted(folder: string): Promise<Committed | null> {
  const file = join(folder, BUILDING_FILE);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    const error = readError(cause, file);
    if (hasCode(error, 'fileNotFound')) return null;
    throw error;
  }
  const checked = committed.safeParse(parsed(text));
  if (checked.success) return checked.data;
  throw new TrainerError('corpusInvalid', { file, key: checked.error.issues[0]!.path.join('.') });
}

export function packCounts({ buffer, byteOffset, byteLength }: Float64Array): string {
  return deflateSync(new Uint8Array(buffer, byteOffset, byteLength), { level: 1 }).toString('base64');
}

export function unpackCounts(text: string): Float64Array {
  // A copy: Node's buffers may begin anywhere in a pool.
  return new Float64Array(Uint8Array.from(inflateSync(Buffer.from(text, 'base64'))).buffer);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
