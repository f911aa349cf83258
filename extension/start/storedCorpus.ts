/** What a config takes over from the corpus folder that it trains on. */

import path from 'node:path';
import { VOCABULARY_FILE } from '../../trainer-core/protocol/corpusManifest.js';
import { readCorpus } from '../corpus/corpusFolder.js';

/**
 * The settings for a config with this corpus: where that is a corpus folder, its limit of lengths, below which a config must not go,
 * and no word on how text becomes sequences, which is done; otherwise as they are.
 */
export async function settingsFor(
  corpus: readonly string[],
  settings: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  const stored = await storedIn(corpus);
  if (!stored) return settings;
  const { corpusSettings: _, ...others } = settings;
  return { ...others, maxSeqLength: stored.maxSeqLength };
}

/** The vocabulary that the ids of a corpus folder belong to; undefined for text. */
export async function storedVocabulary(corpus: readonly string[]): Promise<string | undefined> {
  const stored = await storedIn(corpus);
  return stored && path.join(stored.folder, VOCABULARY_FILE);
}

/** A config names one corpus folder, or texts. */
async function storedIn(corpus: readonly string[]) {
  const [only, ...more] = corpus;
  return only === undefined || more.length > 0 ? undefined : await readCorpus(only);
}
