/** Reads a command's flags and arguments from its table of options; the same table makes its help. */

import { parseArgs } from 'node:util';
import { TrainerError, type UsageProblem } from '../protocol/errors.js';
import { nearest } from '../protocol/nearest.js';

/** One flag, or an argument without one. */
export interface Option {
  type: 'string' | 'number' | 'boolean';
  /** Given by its place and not by a flag; errors and help call it by its `value`. */
  positional?: true;
  /** What the help calls its value, such as `DIR`; default: the choices. */
  value?: string;
  /** The only values that it takes. */
  choices?: readonly string[];
  meaning: string;
  /** What holds when the flag is left out, as the help shows it. */
  default?: string;
  required?: true;
  /** May be given more than once, and takes all arguments that follow it, as a shell makes them of `*.txt`. */
  many?: true;
}

/** Flags by their camelCase name; `--learningRate` and `--learning-rate` are the same. */
export type OptionTable = Readonly<Record<string, Option>>;

type ValueOf<O extends Option> = O extends { choices: readonly (infer Choice)[] }
  ? Choice
  : O['type'] extends 'boolean'
    ? boolean
    : O['type'] extends 'number'
      ? number
      : string;
type Given<O extends Option> = O extends { many: true } ? ValueOf<O>[] : ValueOf<O>;

/** What the flags of a table give: required ones are always there. */
export type Values<T extends OptionTable> = {
  [K in keyof T as T[K] extends { required: true } ? K : never]: Given<T[K]>;
} & { [K in keyof T as T[K] extends { required: true } ? never : K]?: Given<T[K]> };

/** The flag as one writes it: `learningRate` → `--learning-rate`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** What help and errors call an option: its flag, or for an argument `DIR`. */
export function spelling(name: string, { positional, value = name }: Option): string {
  return positional ? value : flagOf(name);
}

/**
 * Reads `argv` by a table. Boolean flags may be given as `--x`, `--no-x`, `--x=true` or `--x=false`; arguments take their places in
 * the order of the table. Throws `usage` for an unknown or missing flag, a missing or superfluous value or argument, and
 * `configNotAllowed`, as a setting given as a flag does, for a value that is none of a flag's choices.
 */
export function readOptions<T extends OptionTable>(argv: readonly string[], table: T, command: string): Values<T> {
  const names = new Map<string, { name: string; negated: boolean }>();
  const all = Object.entries(table);
  const flags = all.filter(([, { positional }]) => !positional);
  const places = all.filter(([, { positional }]) => positional);
  for (const [name, option] of flags) {
    for (const spelt of [name, flagOf(name).slice(2)]) {
      names.set(spelt, { name, negated: false });
      if (option.type === 'boolean') names.set(`no-${spelt}`, { name, negated: true });
    }
  }
  const spellings = Object.fromEntries(
    [...names].map(([spelt, { name }]) => [
      spelt,
      { type: table[name]!.type === 'boolean' ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  const { tokens } = parseArgs({
    args: [...argv],
    options: spellings,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });

  const values: Record<string, unknown> = {};
  const add = (name: string, value: unknown) => {
    const allowed = table[name]!.choices;
    if (allowed && !allowed.includes(String(value))) {
      const got = JSON.stringify(value);
      throw new TrainerError('configNotAllowed', { file: flagOf(name), line: null, key: name, allowed, got });
    }
    values[name] = table[name]!.many ? [...((values[name] as unknown[]) ?? []), value] : value;
  };
  /** The name of the flag before, while it takes more arguments. */
  let open: string | null = null;
  for (const token of tokens) {
    if (token.kind === 'option-terminator') {
      open = null;
      continue;
    }
    if (token.kind === 'positional') {
      const name = open ?? places.shift()?.[0];
      if (name === undefined) throw usage({ problem: 'unexpected-argument', argument: token.value, command });
      add(name, token.value);
      continue;
    }
    const known = names.get(token.name);
    if (!known) {
      const near = nearest(
        token.name,
        flags.map(([name]) => name),
      );
      throw usage({ problem: 'unknown-option', option: token.rawName, nearest: near && flagOf(near), command });
    }
    const { name, negated } = known;
    const option = table[name]!;
    const value =
      option.type === 'boolean'
        ? readBoolean(token.rawName, token.value, command) !== negated
        : readValue(option, token.rawName, token.value, token.inlineValue === true, command);
    add(name, value);
    open = option.many ? name : null;
  }
  for (const [name, option] of all) {
    if (option.required && values[name] === undefined) {
      throw usage({ problem: 'option-missing', option: spelling(name, option), command });
    }
  }
  return values as Values<T>;
}

function readBoolean(option: string, value: string | undefined, command: string): boolean {
  if (value === undefined || value === 'true') return true;
  if (value === 'false') return false;
  throw usage({ problem: 'option-takes-no-value', option, command });
}

function readValue(option: Option, rawName: string, value: string | undefined, inline: boolean, command: string) {
  // Two flags in a row: the first one's value was forgotten.
  if (value === undefined || value === '' || (!inline && value.startsWith('--'))) {
    throw usage({ problem: 'option-needs-value', option: rawName, command });
  }
  if (option.type === 'string') return value;
  const number = Number(value);
  if (!Number.isFinite(number)) throw usage({ problem: 'option-not-a-number', option: rawName, got: value, command });
  return number;
}

function usage(data: UsageProblem): TrainerError {
  return new TrainerError('usage', data);
}
