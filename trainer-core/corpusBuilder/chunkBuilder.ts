/** Makes sequences of chunks of the input: all that a worker does, with no more state than buffers. */

import { documentsOf } from '../documents/documentsOf.js';
import type { ChunkDocuments, InputChunk, InputOptions } from '../documents/inputs.js';
import type { CorpusReport } from '../protocol/corpusManifest.js';
import type { CorpusSettings } from '../protocol/corpusSettings.js';
import { hashSequences } from './sequenceHash.js';
import { type InPlaceEncoder, type MadeSequences, SequenceMaker } from './sequenceMaker.js';

/** What was made of one chunk. */
export interface BuiltChunk extends MadeSequences {
  documents: CorpusReport['documents'];
  wikitextProblems: ChunkDocuments['problems'];
  /** Those of the sequences, see `hashSequences`; null where duplicates may stay. */
  hashes: Uint32Array | null;
}

export class ChunkBuilder {
  private readonly maker: SequenceMaker;

  constructor(
    encoder: InPlaceEncoder,
    private readonly settings: CorpusSettings,
    maxSeqLength: number,
  ) {
    this.maker = new SequenceMaker(encoder, settings, maxSeqLength);
  }

  /** Throws what `documentsOf` throws. The same chunk gives the same result in every thread. */
  async build(chunk: InputChunk): Promise<BuiltChunk> {
    const { documents, dropped, problems } = await documentsOf(chunk, this.settings satisfies InputOptions);
    for (const { lines } of documents) this.maker.add(lines);
    const made = this.maker.take();
    const droppedDocuments = Object.values(dropped).reduce((sum, count) => sum + count, 0);
    return {
      ...made,
      documents: { read: documents.length + droppedDocuments, kept: documents.length, dropped },
      wikitextProblems: problems,
      hashes: this.settings.dropDuplicates ? hashSequences(made) : null,
    };
  }
}
