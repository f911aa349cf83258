/** `tokenize`: words and pieces of each line of standard input. */

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { JapaneseTokenizer } from '../tokenizer/tokenizer.js';
import { defineCommand } from './command.js';
import { lineBatches, writeText } from './lines.js';

/** Reads lines; writes the pieces of each, or with `--json` `{text, words, pieces, ids}`, without [CLS] and [SEP]. */
export const tokenize = defineCommand({
  usage: '--model DIR|vocab.txt [--json] < lines.txt',
  options: {
    model: { type: 'string', value: 'PATH', required: true, meaning: 'A model folder with vocab.txt, or a vocab.txt.' },
  },
  async run({ stdin, stdout, signal, json }, { model }) {
    const tokenizer = JapaneseTokenizer.load({ vocabFile: vocabularyOf(model) });
    for await (const batch of lineBatches(stdin, signal)) {
      const lines = batch.map((text) => {
        const { words, pieces, ids } = tokenizer.tokenize(text);
        return json ? JSON.stringify({ text, words, pieces, ids }) : pieces.join(' ');
      });
      await writeText(stdout, `${lines.join('\n')}\n`, signal);
    }
    return true;
  },
});

function vocabularyOf(model: string): string {
  return statSync(model, { throwIfNoEntry: false })?.isDirectory() ? join(model, 'vocab.txt') : model;
}
