/** The first part of a corpus, made in memory by the same code as all of it: for the estimate of a run. */
import { SequenceStoreBuilder } from '../corpus/sequenceStore.js';
import { findInputs } from '../documents/findInputs.js';
import { readChunks } from '../documents/readChunks.js';
import type { CorpusSample, SampleOptions } from './buildOptions.js';
import { ChunkBuilder } from './chunkBuilder.js';
import { HASH_WORDS } from './sequenceHash.js';
import { addRead, corpusTooSmall, emptyReadTally } from './tally.js';

/**
 * The sequences of the chunks in the first `limitBytes` of the input, at least one chunk's.
 * Throws what `findInputs`, `readChunks` and `documentsOf` throw, `corpusTooSmall` when there is no sequence, and an AbortError.
 */
export async function sampleCorpus(options: SampleOptions): Promise<CorpusSample> {
  const { inputs, tokenizer, settings, maxSeqLength, signal, limitBytes } = options;
  const files = await findInputs(inputs);
  const builder = new ChunkBuilder(tokenizer, settings, maxSeqLength);
  const store = new SequenceStoreBuilder(tokenizer.vocabulary.size);
  const tokenCounts = new Float64Array(tokenizer.vocabulary.size);
  const read = emptyReadTally(files.length);
  const seen = new Set<string>();
  const totalBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let readBytes = 0;
  for await (const chunk of readChunks(files, settings, null, signal)) {
    const built = await builder.build(chunk);
    signal.throwIfAborted();
    addRead(read, chunk, built, 0);
    for (let id = 0; id < tokenCounts.length; id++) tokenCounts[id]! += built.tokenCounts[id]!;
    let start = 0;
    for (const [i, length] of built.lengths.entries()) {
      const end = start + length;
      const hash = built.hashes?.subarray(HASH_WORDS * i, HASH_WORDS * (i + 1)).join();
      if (hash === undefined || !seen.has(hash))
        store.add(built.ids.subarray(start, end), built.wordStarts.subarray(start, end));
      if (hash !== undefined) seen.add(hash);
      start = end;
    }
    readBytes = chunk.readBytes;
    if (readBytes >= limitBytes) break;
  }
  const sequences = store.build();
  if (sequences.length === 0) throw corpusTooSmall(inputs, read, settings);
  return { store: sequences, tokenCounts, part: totalBytes === 0 ? 1 : readBytes / totalBytes };
}
