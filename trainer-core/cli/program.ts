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

async function runCommand(
  argv: readonly string[],
  context: CommandContext,
  version: string,
  commands: readonly CommandEntry[],
): Promise<boolean> {
  const [name, ...rest] = argv;
  const known = commands.map((command) => command.name);
  if (name === '--version' || name === '-v') return print(context, `${version}\n`);
  if (name === '--help' || name === '-h' || name === 'help') return print(context, programHelp(commands, version));
  if (name === undefined || name.startsWith('-')) throw new TrainerError('usage', { problem: 'no-command', known });

  const entry = commands.find((command) => command.name === name);
  if (!entry) {
    throw new TrainerError('usage', {
      problem: 'unknown-command',
      command: name,
      nearest: nearest(name, known),
      known,
    });
  }
  const command = await entry.load();
  if (rest.includes('--help') || rest.includes('-h')) return print(context, commandHelp(entry, command));

  const settings = command.config ? configOptions(command.config) : {};
  const values = readOptions(rest, { ...settings, ...command.options, ...COMMON_OPTIONS }, name);
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
  else stderr.write(`${wrap(`${message}\n${action}`, 80).join('\n')}\n`);
  return isUsage(error) ? 2 : 1;
}

/** Wrong usage is what the command line itself got wrong, also a setting given as a flag. */
function isUsage(error: TrainerError): boolean {
  if (error.code === 'usage') return true;
  return error.code.startsWith('config') && 'file' in error.data && error.data.file.startsWith('--');
}
