/** What `corpus build` and `corpus extract` have in common: the flag that names their input, and what is said of damage in it. */

import { CORPUS_WORDS } from '../messages/corpusWords.js';
import type { InputFault } from '../protocol/corpusManifest.js';
import type { CommandContext } from './command.js';
import { faultLines } from './corpusReport.js';
import type { Option } from './options.js';
import { wrap } from './width.js';

/** The flag that names files and folders to read. */
export const INPUT_OPTION = {
  type: 'string',
  value: 'PATH',
  many: true,
  required: true,
  meaning:
    'A MediaWiki dump (.xml, .bz2, .gz, .zst), text, JSONL, output of WikiExtractor, Parquet, or a folder of them.',
} as const satisfies Option;

/** Warns on standard error of damage that was read past. */
export function warnOf(faults: readonly InputFault[], { stderr, language }: CommandContext): void {
  for (const line of faultLines(faults, language)) {
    stderr.write(`${wrap(CORPUS_WORDS[language].warning(line), 80).join('\n')}\n`);
  }
}
