/** What names a tokenizer: a hash of everything that decides its ids. */

import { createHash } from 'node:crypto';
import { type Dictionary, encodeDictionary } from './dictionary.js';
import type { Vocabulary } from './vocabulary.js';

/**
 * The version of the code from text to ids. Add 1 with every change that gives any text other ids (a mended
 * normalisation, another rule of cutting), and with no other: corpora built before are then refused.
 */
const ALGORITHM = 1;

/** SHA-256, in hex, of the algorithm's version, the vocabulary with its special ids, and the dictionary; about 20 ms. */
export function tokenizerIdentity(vocabulary: Vocabulary, dictionary: Dictionary): string {
  const { padId, unkId, clsId, sepId, maskId, pieces } = vocabulary;
  return createHash('sha256')
    .update(JSON.stringify({ algorithm: ALGORITHM, special: [padId, unkId, clsId, sepId, maskId], pieces }))
    .update(encodeDictionary(dictionary))
    .digest('hex');
}
