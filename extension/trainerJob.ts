/** Runs one of the trainer's commands that take time (protocol/jobs.ts) and follows what it says. */

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type * as vscode from 'vscode';
import type { JobProgress, JobResult } from '../trainer-core/protocol/jobs.js';
import { stderrTail } from './stderrTail.js';
import { trainerProgram } from './trainerProgram.js';

/** A command ended without a result. `stderr` is the last of what it said, at most 16 KiB; `errorMessage` puts it into words. */
export class TrainerEnded extends Error {
  override readonly name = 'TrainerEnded';

  constructor(
    readonly stderr: string,
    options?: { cause?: unknown },
  ) {
    super('The trainer ended without a result.', options);
  }
}

/**
 * Runs `dist/cli.js ARGS --json`, with `more` in its environment. Resolves with its result, or with undefined when `token` cancelled it.
 * Rejects with TrainerEnded.
 */
export async function runJob<R extends JobResult>(
  extensionFolder: string,
  args: readonly string[],
  token: vscode.CancellationToken,
  onProgress: (progress: JobProgress) => void,
  more: Readonly<Record<string, string>> = {},
): Promise<R | undefined> {
  const { command, args: all, env } = trainerProgram(extensionFolder, [...args, '--json']);
  const child = spawn(command, all, { env: { ...process.env, ...more, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const cancellation = token.onCancellationRequested(() => child.kill('SIGTERM'));
  const stderr = stderrTail(child.stderr);
  let result: R | undefined;
  createInterface({ input: child.stdout }).on('line', (line) => {
    const message = parseLine<R>(line);
    if (message?.type === 'progress') onProgress(message);
    else if (message) result = message;
  });
  try {
    await new Promise<void>((resolve, reject) => {
      child.on('error', (cause) => reject(new TrainerEnded(stderr(), { cause })));
      child.on('close', () => resolve());
    });
  } finally {
    cancellation.dispose();
  }
  if (token.isCancellationRequested) return undefined;
  if (result === undefined) throw new TrainerEnded(stderr());
  return result;
}

/** Undefined for a line that is none of the trainer's, such as one that native code writes. */
function parseLine<R extends JobResult>(line: string): JobProgress | R | undefined {
  try {
    return JSON.parse(line) as JobProgress | R;
  } catch {
    return undefined;
  }
}
