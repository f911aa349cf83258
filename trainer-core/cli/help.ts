/** Makes the text of `--help` from the same tables that read the flags; 80 columns. */

import type { Command } from './command.js';
import type { CommandEntry } from './commands.js';
import { configOptions } from './configOptions.js';
import { type Option, type OptionTable, spelling } from './options.js';
import { displayWidth, padEnd, wrap } from './width.js';

const COLUMNS = 80;
const PROGRAM = 'distilbert-studio';

/** The flags every command has. */
export const COMMON_OPTIONS = {
  json: { type: 'boolean', meaning: 'Write one JSON object a line, for programs.' },
  lang: { type: 'string', choices: ['en', 'ja'], meaning: 'Language of messages.', default: 'by LANG' },
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
    const fromFile = ' (in the config file under the same names in camelCase; a flag wins)';
    lines.push('', ...wrap(`Settings${'config' in command.options ? fromFile : ''}`, COLUMNS));
    lines.push(...optionLines(settings));
  }
  return `${lines.join('\n')}\n`;
}

/** The help of the whole program, or with `group` (`corpus `) of the commands whose names begin with it. */
export function programHelp(commands: readonly CommandEntry[], version: string, group = ''): string {
  const nameColumns = Math.max(...commands.map(({ name }) => name.length));
  const lines = [
    ...(group === '' ? [`${PROGRAM} ${version}`, 'Distil, fine-tune and use small Japanese language models.', ''] : []),
    `Usage: ${PROGRAM} ${group}COMMAND [options]`,
    '',
    'Commands',
    ...commands.flatMap(({ name, summary }) => indented(`  ${name.padEnd(nameColumns)}  `, summary)),
    '',
    ...wrap(`Run "${PROGRAM} ${group}COMMAND --help" for the options of a command.`, COLUMNS),
    'Exit code: 0 done, 1 failed or stopped before the end, 2 wrong usage.',
  ];
  return `${lines.join('\n')}\n`;
}

function optionLines(table: OptionTable): string[] {
  return Object.entries(table).flatMap(([name, option]) => optionLine(name, option));
}

function optionLine(name: string, option: Option): string[] {
  const flag = spelling(name, option);
  const spelt = option.type === 'boolean' && option.default !== undefined ? flag.replace('--', '--[no-]') : flag;
  const value = option.value ?? option.choices?.join('|');
  const head = `  ${spelt}${value && !option.positional ? ` ${value}` : ''}`;
  const note = option.required ? ' Required.' : option.default === undefined ? '' : ` [${option.default}]`;
  const many = option.many ? ' One or more; may be repeated.' : '';
  const body = `${option.meaning}${many}${note}`;
  if (displayWidth(head) > 26) return [...broken(head), ...indented(' '.repeat(28), body)];
  return indented(padEnd(head, 28), body);
}

/** A flag whose values do not fit beside it has them below it. */
function broken(head: string): string[] {
  if (displayWidth(head) <= COLUMNS) return [head];
  const [flag = '', values = ''] = head.trimStart().split(' ');
  const lines = [''];
  for (const value of values.split(/(?<=\|)/)) {
    const line = `${lines.at(-1)}${value}`;
    if (displayWidth(line) > COLUMNS - 8) lines.push(value);
    else lines[lines.length - 1] = line;
  }
  return [`  ${flag}`, ...lines.map((line) => `        ${line}`)];
}

/** `head`, then `body` wrapped so that it stands to the right of it. */
function indented(head: string, body: string): string[] {
  const width = displayWidth(head);
  return wrap(body, COLUMNS - width).map((line, i) => (i === 0 ? head : ' '.repeat(width)) + line);
}
