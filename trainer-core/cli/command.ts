/** What a command is, and what it is given to work with. */

import type { Readable, Writable } from 'node:stream';
import type { z } from 'zod';
import type { Language } from '../messages/format.js';
import type { Setting } from './configOptions.js';
import type { OptionTable, Values } from './options.js';

/** Why a command is aborted when whoever read its output has enough of it (`| head`): it ends without a word. */
export class OutputClosed extends Error {
  override readonly name = 'AbortError';
}

/** True for what is thrown by work that was asked to stop; its reader's having gone away is no such thing. */
export function isStop(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError' && !(error instanceof OutputClosed);
}

/** The outside world as a command sees it; tests give their own. */
export interface Terminal {
  stdin: Readable;
  stdout: Writable & { isTTY?: boolean };
  stderr: Writable & { isTTY?: boolean; columns?: number };
  env: Readonly<Record<string, string | undefined>>;
  /** How this program was called, such as `node dist/cli.js`, for commands that we suggest. */
  program: string;
  /** Aborted by Ctrl+C, or with OutputClosed. */
  signal: AbortSignal;
}

/** A terminal, and how the user wants to be spoken to. */
export interface CommandContext extends Terminal {
  /** Output for machines: one JSON object a line. */
  json: boolean;
  language: Language;
}

/** One command of the program, as its file describes it; its name and summary stand in `commands.ts`. */
export interface Command<T extends OptionTable = OptionTable, S extends z.ZodType = z.ZodType> {
  /** How it is written after its name, such as `--model DIR < lines.txt`. */
  usage: string;
  options: T;
  /** The config whose keys are flags too. */
  config?: S;
  /** Does the work. Resolves to false when it was stopped before its end. */
  run(context: CommandContext, values: Values<T>, settings: readonly Setting[]): Promise<boolean>;
}

/** Keeps the types of a command's own options inside its `run`; outside they do not matter. */
export function defineCommand<const T extends OptionTable, S extends z.ZodType>(command: Command<T, S>): Command {
  return command as unknown as Command;
}
