/** `corpus show`: one sequence of a corpus. */

import { join } from 'node:path';
import * as z from 'zod';
import { openCorpus } from '../corpus/corpusFolder.js';
import { CORPUS_WORDS } from '../messages/corpusWords.js';
import { VOCABULARY_FILE } from '../protocol/corpusManifest.js';
import { TrainerError } from '../protocol/errors.js';
import { readVocabulary } from '../tokenizer/vocabulary.js';
import { defineCommand } from './command.js';
import { loadConfig } from './configOptions.js';
import { grouped } from './numbers.js';
import { pieceLines, textOf, wordsOf } from './sequenceLines.js';
import { wrap } from './width.js';

const COLUMNS = 80;

const wanted = z.strictObject({ sequence: z.int().min(0).describe('Which one, counted from 0.') });

/** Writes the text of a sequence and its pieces with their ids, word by word; with `--json` `{sequence, text, words, ids}`. */
export const corpusShow = defineCommand({
  usage: 'DIR --sequence N',
  options: {
    folder: { type: 'string', positional: true, value: 'DIR', required: true, meaning: 'Folder of the corpus.' },
  },
  config: wanted,
  async run({ stdout, json, language }, { folder }, settings) {
    const { sequence } = await loadConfig(wanted, undefined, settings, 'corpus show');
    const { store } = openCorpus(folder);
    try {
      const sequences = store.length;
      if (sequence >= sequences) throw new TrainerError('corpusSequenceOutOfRange', { folder, sequence, sequences });
      const ids = [...store.at(sequence)];
      const { pieces } = readVocabulary(join(folder, VOCABULARY_FILE));
      const words = wordsOf(
        ids.map((id) => pieces[id] ?? ''),
        store.wordStarts(sequence),
      );
      const text = textOf(words);
      if (json) {
        stdout.write(`${JSON.stringify({ sequence, text, words, ids })}\n`);
        return true;
      }
      const title = CORPUS_WORDS[language].sequence({
        sequence: grouped(sequence),
        last: grouped(sequences - 1),
        pieces: grouped(ids.length),
        words: grouped(words.length),
      });
      const lines = [...wrap(title, COLUMNS), '', ...wrap(text, COLUMNS), '', ...pieceLines(words, ids, COLUMNS)];
      stdout.write(`${lines.join('\n')}\n`);
      return true;
    } finally {
      store.close();
    }
  },
});
