/** The counts of a chunk of which nothing was read yet. */
import { DOCUMENT_DROPS, WIKITEXT_PROBLEMS } from '../protocol/corpusManifest.js';
import type { ChunkDocuments } from './inputs.js';

export function emptyDocuments(): ChunkDocuments {
  const zeros = <K extends string>(keys: readonly K[]) =>
    Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>;
  return { documents: [], dropped: zeros(DOCUMENT_DROPS), problems: zeros(WIKITEXT_PROBLEMS) };
}
