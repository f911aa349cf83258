/** The command-line program as a process of its own, and as a function in this one. */

import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { runProgram } from '../../trainer-core/cli/program.js';
import type { ErrorCode, ErrorData } from '../../trainer-core/protocol/errors.js';
import { testTerminal } from './testTerminal.js';

/** The program's own file. */
export const PROGRAM = fileURLToPath(new URL('../../trainer-core/cli/main.js', import.meta.url));

/** What a process left behind; `code` is null when it was killed. */
export interface Ended {
  code: number | null;
  out: string;
  err: string;
}

export interface Started {
  child: ChildProcess;
  ended: Promise<Ended>;
  /** True as soon as standard output matches; false when the process ends without. */
  wrote(pattern: RegExp): Promise<boolean>;
}

/** Starts the program. */
export function start(argv: readonly string[], options: SpawnOptions = {}): Started {
  const child = spawn(process.execPath, [PROGRAM, ...argv], {
    env: { ...process.env, LANG: 'C', LC_ALL: 'C' },
    ...options,
    stdio: 'pipe',
  });
  const output = { out: '', err: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output.out += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output.err += text;
  });
  child.stdin?.end();
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...output }));
  const wrote = async (pattern: RegExp) => {
    let running = true;
    while (running && !pattern.test(output.out)) {
      const more = once(child.stdout as NodeJS.ReadableStream, 'data').then(() => true);
      running = await Promise.race([more, ended.then(() => false)]);
    }
    return pattern.test(output.out);
  };
  return { child, ended, wrote };
}

/** The error that the program ends with, in its words and in its data. */
export interface Failure<C extends ErrorCode> {
  exitCode: number;
  /** What a person reads, on one line. */
  text: string;
  code: C;
  data: ErrorData[C];
  action: string;
}

/** Runs a command in this process, twice: as for a person, and with `--json`. It must fail in the same way both times. */
export async function failureOf<C extends ErrorCode>(...argv: readonly string[]): Promise<Failure<C>> {
  const terminal = testTerminal();
  const exitCode = await runProgram(argv, terminal, '1.2.3');
  const machine = testTerminal();
  const again = await runProgram([...argv, '--json'], machine, '1.2.3');
  if (exitCode !== again) throw new Error(`exit codes ${exitCode} and ${again}`);
  const said = machine.stderr.text.trim().split('\n').at(-1) ?? '';
  const { code, data, action } = JSON.parse(said) as { code: C; data: ErrorData[C]; action: string };
  return { exitCode, text: terminal.stderr.text.replace(/\n/g, ' ').trim(), code, data, action };
}
