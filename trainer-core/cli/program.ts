/** The command line as a function: finds the command, reads its flags, runs it, and turns what it throws into words and an exit code. */

import { chooseLanguage, type Language, wordsFor } from '../messages/format.js';
import { TERMINAL } from '../messages/terminal.js';
import { TrainerError } from '../protocol/errors.js';
import { nearest } from '../protocol/nearest.js';
import type { CommandContext, Terminal } from './command.js';
import { COMMANDS, type CommandEntry } from './commands.js';
import { configOptions, settingsOf } from './configOptions.js';
import { COMMON_OPTIONS, commandHelp, programHelp } from './help.js';
import { readOptions } from './options.js';
import { wrap } from './width.js';

/** 0 done, 1 failed or stopped before the end, 2 wrong usage. */
export type ExitCode = 0 | 1 | 2;

/** Runs one command line (`argv` without node and the script) with one of `commands`. Never throws. */
export async function runProgram(
  argv: readonly string[],
  terminal: Terminal,
  version: string,
  commands: readonly CommandEntry[] = COMMANDS,
): Promise<ExitCode> {
  const context: CommandContext = {
    ...terminal,
    json: argv.includes('--json'),
    language: languageOf(argv, terminal.env),
  };
  try {
    return (await runCommand(argv, context, version, commands)) ? 0 : 1;
  } catch (error) {
    return report(error, context);
  }
}

/** Finds the command by its words: `commands` are those whose names begin with the words before, `group` (`corpus `). */
async function runCommand(
  argv: readonly string[],
  context: CommandContext,
  version: string,
  commands: readonly CommandEntry[],
  group = '',
): Promise<boolean> {
  const [word, ...rest] = argv;
  const known = commands.map(({ name }) => name);
  if (word === '--version' || word === '-v') return print(context, `${version}\n`);
  if (word === '--help' || word === '-h' || word === 'help')
    return print(context, programHelp(commands, version, group));
  if (word === undefined || word.startsWith('-')) throw new TrainerError('usage', { problem: 'no-command', known });

  const name = group + word;
  const entry = commands.find((command) => command.name === name);
  // A command can be the first word of another too: `devices`, `devices install`.
  const longer = commands.some((command) => command.name === `${name} ${rest[0]}`);
  if (entry && !longer) return runEntry(entry, rest, context);
  const inner = commands.filter((command) => command.name.startsWith(`${name} `));
  if (inner.length > 0) return runCommand(rest, context, version, inner, `${name} `);
  const near = nearest(
    word,
    known.map((whole) => whole.slice(group.length).replace(/ .*/, '')),
  );
  throw new TrainerError('usage', { problem: 'unknown-command', command: name, nearest: near && group + near, known });
}

async function runEntry(entry: CommandEntry, argv: readonly string[], context: CommandContext): Promise<boolean> {
  const command = await entry.load();
  if (argv.includes('--help') || argv.includes('-h')) return print(context, commandHelp(entry, command));
  const settings = command.config ? configOptions(command.config) : {};
  const values = readOptions(argv, { ...settings, ...command.options, ...COMMON_OPTIONS }, entry.name);
  return command.run(context, values, command.config ? settingsOf(command.config, values) : []);
}

function print(context: CommandContext, text: string): true {
  context.stdout.write(text);
  return true;
}

/** The language is needed before the flags are read, because reading them can fail. */
function languageOf(argv: readonly string[], env: Terminal['env']): Language {
  const at = argv.findIndex((argument) => argument === '--lang' || argument.startsWith('--lang='));
  const given = argv[at]?.split('=')[1] ?? argv[at + 1];
  return at >= 0 && (given === 'en' || given === 'ja') ? given : chooseLanguage(env);
}

function report(error: unknown, { stderr, language, json, signal }: CommandContext): ExitCode {
  // What a stopped command throws on its way out is not an error.
  if (signal.aborted && error instanceof Error && error.name === 'AbortError') return 1;
  if (!(error instanceof TrainerError)) {
    stderr.write(`${error instanceof Error ? error.stack : String(error)}\n${TERMINAL[language].bug}\n`);
    return 1;
  }
  const { message, action } = wordsFor(error, language);
  if (json) stderr.write(`${JSON.stringify({ code: error.code, data: error.data, message, action })}\n`);
  else stderr.write(`${wrap(printable(`${message}\n${action}`), 80).join('\n')}\n`);
  return isUsage(error) ? 2 : 1;
}

/** Words may quote a file that was never text: its control characters would command the terminal. */
function printable(text: string): string {
  return text.replace(/(?!\n)\p{Cc}/gu, '\ufffd');
}

/** Wrong usage is what the command line itself got wrong, also a setting given as a flag. */
function isUsage(error: TrainerError): boolean {
  if (error.code === 'usage') return true;
  return error.code.startsWith('config') && 'file' in error.data && error.data.file.startsWith('--');
}
