/** The list of commands. Each is loaded only when it is called, so that `--help` does not wait for an engine. */

import type { Command } from './command.js';

/** A command by name, with how to load the rest of it. */
export interface CommandEntry {
  name: string;
  /** One sentence for `--help`. */
  summary: string;
  load(): Promise<Command>;
}

/** Every command, in the order of the help. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'tokenize',
    summary: 'Split Japanese text into words and pieces.',
    load: async () => (await import('./tokenize.js')).tokenize,
  },
  {
    name: 'classify',
    summary: 'Label each line of standard input.',
    load: async () => (await import('./classify.js')).classify,
  },
  {
    name: 'devices',
    summary: 'List where this machine can compute.',
    load: async () => (await import('./devices.js')).devices,
  },
];
