/** `tokenize`: words and pieces of each line of standard input. */

import { JapaneseTokenizer } from '../tokenizer/tokenizer.js';
import { defineCommand } from './command.js';
import { lineBatches, writeText } from './lines.js';
import { MODEL_OPTION, vocabularyOf } from './vocabulary.js';

/** Reads lines; writes the pieces of each, or with `--json` `{text, words, pieces, ids}`, without [CLS] and [SEP]. */
export const tokenize = defineCommand({
  usage: '--model DIR|vocab.txt [--json] < lines.txt',
  options: { model: MODEL_OPTION },
  async run({ stdin, stdout, signal, json }, { model }) {
    const tokenizer = JapaneseTokenizer.load({ vocabFile: await vocabularyOf(model) });
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
