/** What a config takes over from the corpus folder that it trains on. */

import path from 'node:path';
import { VOCABULARY_FILE } from '../../trainer-core/protocol/corpusManifest.js';
import { readCorpus } from '../corpus/corpusFolder.js';

/** The limit that the sequences of a corpus folder were made with, which a config must not go below; nothing for text. */
export async function storedLength(corpus: readonly string[]): Promise<{ maxSeqLength?: number }> {
  const stored = await Promise.all(corpus.map(readCorpus));
  const lengths = stored.flatMap((each) => (each ? [each.maxSeqLength] : []));
  return lengths.length === 0 ? {} : { maxSeqLength: Math.max(...lengths) };
}

/** The vocabulary that the ids of a corpus folder belong to; undefined for text. */
export async function storedVocabulary(corpus: readonly string[]): Promise<string | undefined> {
  for (const folder of corpus) if (await readCorpus(folder)) return path.join(folder, VOCABULARY_FILE);
  return undefined;
}
