/** Corpus folders with made-up sequences, for tests. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SequenceChunk } from '../../trainer-core/corpus/corpus.js';
import { fileDigest } from '../../trainer-core/corpus/fileDigest.js';
import type { Random } from '../../trainer-core/corpus/random.js';
import { idBytesFor, shardName } from '../../trainer-core/corpus/shardFiles.js';
import { ShardWriter } from '../../trainer-core/corpus/shardWriter.js';
import { encodeTokenCounts } from '../../trainer-core/corpus/tokenCounts.js';
import {
  CORPUS_FILE,
  CORPUS_VERSION,
  COUNTS_FILE,
  type CorpusManifest,
  VOCABULARY_FILE,
} from '../../trainer-core/protocol/corpusManifest.js';
import { corpusSettings } from '../../trainer-core/protocol/corpusSettings.js';
import { SPECIAL_PIECES } from '../../trainer-core/tokenizer/vocabulary.js';

/** `[CLS] … [SEP]` sequences of `least` to `most` ids below `vocabularySize`, the same for the same random stream. */
export function madeUpChunk(
  random: Random,
  sequences: number,
  vocabularySize: number,
  [least, most]: [number, number] = [12, 128],
): SequenceChunk {
  const lengths = Uint16Array.from({ length: sequences }, () => least + random.below(most - least + 1));
  const tokens = lengths.reduce((sum, length) => sum + length, 0);
  const ids = idBytesFor(vocabularySize) === 2 ? new Uint16Array(tokens) : new Uint32Array(tokens);
  const wordStarts = new Uint8Array(tokens);
  let at = 0;
  for (const length of lengths) {
    for (let k = 0; k < length; k++, at++) {
      const edge = k === 0 ? 2 : k === length - 1 ? 3 : null;
      ids[at] = edge ?? 5 + random.below(vocabularySize - 5);
      wordStarts[at] = edge !== null || random.below(3) > 0 ? 1 : 0;
    }
  }
  return { lengths, ids, wordStarts };
}

/** The sequences of a chunk one by one. */
export function sequencesOf({ lengths, ids, wordStarts }: SequenceChunk): { ids: number[]; wordStarts: number[] }[] {
  let at = 0;
  return Array.from(lengths, (length) => {
    const part = [at, at + length] as const;
    at += length;
    return { ids: [...ids.subarray(...part)], wordStarts: [...wordStarts.subarray(...part)] };
  });
}

/** Writes a finished corpus with a shard for each list of chunks. */
export async function writeCorpus(
  folder: string,
  shards: readonly (readonly SequenceChunk[])[],
  { vocabularySize, sha256, maxSeqLength = 128 }: { vocabularySize: number; sha256: string; maxSeqLength?: number },
): Promise<CorpusManifest> {
  mkdirSync(folder, { recursive: true });
  const counts = new Float64Array(vocabularySize);
  const written: CorpusManifest['shards'] = [];
  for (const [number, chunks] of shards.entries()) {
    const from = { sequences: 0, tokens: 0 };
    const writer = await ShardWriter.open(folder, shardName(number), idBytesFor(vocabularySize), from);
    for (const chunk of chunks) {
      for (const id of chunk.ids) counts[id]! += 1;
      await writer.append(chunk);
    }
    written.push(await writer.finish());
  }
  writeFileSync(join(folder, COUNTS_FILE), encodeTokenCounts(counts));
  const pieces = Array.from({ length: vocabularySize }, (_, id) => SPECIAL_PIECES[id] ?? `語${id}`);
  writeFileSync(join(folder, VOCABULARY_FILE), pieces.join('\n'));
  const [sequences, tokens] = [sum(written, 'sequences'), sum(written, 'tokens')];
  const longest = shards.flat().reduce((most, chunk) => chunk.lengths.reduce((a, b) => Math.max(a, b), most), 0);
  const manifest: CorpusManifest = {
    version: CORPUS_VERSION,
    tokenizer: { sha256, vocabularySize },
    settings: corpusSettings.parse({}),
    maxSeqLength,
    idBytes: idBytesFor(vocabularySize),
    sequences,
    tokens,
    shards: written,
    tokenCounts: await fileDigest(join(folder, COUNTS_FILE)),
    vocabulary: await fileDigest(join(folder, VOCABULARY_FILE)),
    report: {
      sources: [],
      faults: [],
      documents: { read: 0, kept: 0, dropped: { otherNamespace: 0, redirect: 0, disambiguation: 0, noText: 0 } },
      wikitextProblems: {
        unclosedTemplate: 0,
        unclosedTable: 0,
        unclosedTag: 0,
        unclosedLink: 0,
        nestedTooDeep: 0,
      },
      textBytes: 0,
      sentences: { read: 0, kept: 0, dropped: { tooFewChars: 0, tooManyChars: 0 } },
      sequences: {
        made: sequences,
        kept: sequences,
        cut: 0,
        dropped: { tooFewTokens: 0, tooManyUnknown: 0, duplicate: 0 },
      },
      tokens,
      unknownTokens: 0,
      lengths: { binWidth: 65_536, counts: [sequences], mean: tokens / sequences, longest },
      frequentPieces: [],
    },
  };
  writeFileSync(join(folder, CORPUS_FILE), JSON.stringify(manifest));
  return manifest;
}

function sum(shards: CorpusManifest['shards'], key: 'sequences' | 'tokens'): number {
  return shards.reduce((total, shard) => total + shard[key], 0);
}
