/** Reads `vocab.txt`, a piece a line whose id is its line number from 0, as Hugging Face's BertJapaneseTokenizer does. */

import { readFileSync } from 'node:fs';
import { TrainerError } from '../protocol/errors.js';

/** The pieces of a WordPiece vocabulary and the ids of BERT's five special ones. */
export interface Vocabulary {
  /** In the order of their ids. */
  readonly pieces: readonly string[];
  readonly size: number;
  /** The id of a piece, if it is in the vocabulary. */
  idOf(piece: string): number | undefined;
  readonly padId: number;
  readonly unkId: number;
  readonly clsId: number;
  readonly sepId: number;
  readonly maskId: number;
}

/** The pieces that are kept whole wherever a text spells them out. */
export const SPECIAL_PIECES = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'] as const;

/**
 * Reads a vocabulary.
 * @param file UTF-8; lines end in LF or CRLF; an empty line is a piece that never occurs (Tohoku's has one)
 * @throws TrainerError `fileNotFound`, `fileUnreadable`, `fileEmpty`, `invalidUtf8`, or `vocabularyInvalid` where a
 * piece is there twice or a special piece is missing
 */
export function readVocabulary(file: string): Vocabulary {
  const pieces = decode(file, readBytes(file)).split(/\r?\n/);
  if (pieces.at(-1) === '') pieces.pop();
  if (pieces.length === 0) throw new TrainerError('fileEmpty', { file });

  return vocabularyOf(pieces, file);
}

/**
 * The vocabulary of these pieces.
 * @param file the name that errors give
 * @throws TrainerError `vocabularyInvalid`, as `readVocabulary`
 */
export function vocabularyOf(pieces: readonly string[], file: string): Vocabulary {
  const ids = new Map<string, number>();
  for (const [id, piece] of pieces.entries()) {
    const first = ids.get(piece);
    if (first !== undefined) {
      const reason = `the piece "${piece}" is already on line ${first + 1}`;
      throw new TrainerError('vocabularyInvalid', { file, line: id + 1, reason });
    }
    ids.set(piece, id);
  }
  const [padId, unkId, clsId, sepId, maskId] = SPECIAL_PIECES.map((piece) => {
    const id = ids.get(piece);
    if (id !== undefined) return id;
    const reason = `the special piece ${piece} is missing`;
    throw new TrainerError('vocabularyInvalid', { file, line: pieces.length, reason });
  }) as [number, number, number, number, number];
  return { pieces, size: pieces.length, idOf: (piece) => ids.get(piece), padId, unkId, clsId, sepId, maskId };
}

function readBytes(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') throw new TrainerError('fileNotFound', { file }, { cause });
    throw new TrainerError('fileUnreadable', { file, reason: (cause as Error).message }, { cause });
  }
}

function decode(file: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    // Only a file that is no UTF-8 is searched for its first bad line.
    let line = 1;
    for (let start = 0; start < bytes.length; line++) {
      const newline = bytes.indexOf(0x0a, start);
      const end = newline === -1 ? bytes.length : newline + 1;
      if (new TextDecoder().decode(bytes.subarray(start, end)).includes('\ufffd')) break;
      start = end;
    }
    throw new TrainerError('invalidUtf8', { file, line }, { cause });
  }
}
