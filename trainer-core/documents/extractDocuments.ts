/** All documents of some inputs, in one thread: what `corpus extract` writes. */
import { documentsOf } from './documentsOf.js';
import type { Document, InputChunk, InputFile, InputOptions } from './inputs.js';
import { readChunks } from './readChunks.js';

/** A chunk that was read, for progress and for what was met, and its documents. */
export interface ExtractedChunk {
  chunk: InputChunk;
  documents: Document[];
}

/** Reads `files`, chunk by chunk. Throws what `readChunks` and `documentsOf` throw. */
export async function* extractDocuments(
  files: readonly InputFile[],
  options: InputOptions,
  signal: AbortSignal,
): AsyncGenerator<ExtractedChunk> {
  for await (const chunk of readChunks(files, options, null, signal)) {
    const { documents } = await documentsOf(chunk, options);
    yield { chunk, documents };
  }
}
