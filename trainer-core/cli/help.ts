/** Makes the text of `--help` from the same tables that read the flags; 80 columns. */

import type { Command } from './command.js';
import type { CommandEntry } from './commands.js';
import { configOptions } from './configOptions.js';
import { flagOf, type Option, type OptionTable } from './options.js';
import { displayWidth, padEnd, wrap } from './width.js';

const COLUMNS = 80;
const PROGRAM = 'distilbert-studio';

/** The flags every command has. */
export const COMMON_OPTIONS = {
  json: { type: 'boolean', meaning: 'Write one JSON object a line, for programs.' },
  lang: { type: 'string', value: 'en|ja', meaning: 'Language of messages.', default: 'by LANG' },
  help: { type: 'boolean', meaning: 'Show this help.' },
} as const satisfies OptionTable;

/** The help of one command. */
export function commandHelp({ name, summary }: CommandEntry, command: Command): string {
  const settings = command.config ? configOptions(command.config) : {};
  const lines = [
    ...wrap(summary, COLUMNS),
    '',
    ...indented(`Usage: ${PROGRAM} ${name} `, command.usage),
    '',
    'Options',
    ...optionLines({ ...command.options, ...COMMON_OPTIONS }),
  ];
  if (command.config) {
    lines.push('', ...wrap('Settings (in the config file under the same names in camelCase; a flag wins)', COLUMNS));
    lines.push(...optionLines(settings));
  }
  return `${lines.join('\n')}\n`;
}

/** The help of the whole program. */
export function programHelp(commands: readonly CommandEntry[], version: string): string {
  const lines = [
    `${PROGRAM} ${version}`,
    'Distil, fine-tune and use small Japanese language models.',
    '',
    `Usage: ${PROGRAM} COMMAND [options]`,
    '',
    'Commands',
    ...commands.flatMap(({ name, summary }) => indented(`  ${name.padEnd(10)}  `, summary)),
    '',
    ...wrap(`Run "${PROGRAM} COMMAND --help" for the options of a command.`, COLUMNS),
    'Exit code: 0 done, 1 failed or stopped before the end, 2 wrong usage.',
  ];
  return `${lines.join('\n')}\n`;
}

function optionLines(table: OptionTable): string[] {
  return Object.entries(table).flatMap(([name, option]) => optionLine(name, option));
}

function optionLine(name: string, option: Option): string[] {
  const flag =
    option.type === 'boolean' && option.default !== undefined ? flagOf(name).replace('--', '--[no-]') : flagOf(name);
  const head = `  ${flag}${option.value ? ` ${option.value}` : ''}`;
  const note = option.required ? ' Required.' : option.default === undefined ? '' : ` [${option.default}]`;
  const many = option.many ? ' May be repeated.' : '';
  const body = `${option.meaning}${many}${note}`;
  if (displayWidth(head) > 26) return [head, ...indented(' '.repeat(28), body)];
  return indented(padEnd(head, 28), body);
}

/** `head`, then `body` wrapped so that it stands to the right of it. */
function indented(head: string, body: string): string[] {
  const width = displayWidth(head);
  return wrap(body, COLUMNS - width).map((line, i) => (i === 0 ? head : ' '.repeat(width)) + line);
}
