/** Runs an installed program as a filter: bytes in, bytes out. */
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Writable } from 'node:stream';

/** Whether a program of this name is on the PATH. */
export function isInstalled(program: string): boolean {
  const name = process.platform === 'win32' ? `${program}.exe` : program;
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    if (folder === '') return false;
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** How a program ended: whether well, and what it said on its standard error. */
export interface ProgramEnd {
  ok: boolean;
  said: string;
}

/**
 * Feeds `input` to a program and gives what it writes; the generator's result is how it ended. It is killed when the generator is left or the
 * signal is aborted, and reads no faster than its output is taken. Throws what `input` throws and the signal's reason.
 */
export async function* filterBy(
  program: string,
  args: readonly string[],
  input: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Buffer, ProgramEnd> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const end = new Promise<boolean>((resolve) => {
    child.on('error', () => resolve(false));
    child.on('close', (code) => resolve(code === 0));
  });
  const kill = () => child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (said.length < 4096) said += text;
  });
  let feedError: unknown = null;
  // A program that ends early closes its input: that is seen by how it ends.
  child.stdin.on('error', () => {});
  const fed = feed(child.stdin, input).catch((error) => {
    feedError = error;
    kill();
  });
  try {
    for await (const bytes of child.stdout as AsyncIterable<Buffer>) yield bytes;
    const ok = await end;
    child.stdin.destroy();
    await fed;
    signal.throwIfAborted();
    if (feedError !== null) throw feedError;
    return { ok, said };
  } finally {
    signal.removeEventListener('abort', kill);
    kill();
    child.stdin.destroy();
    await fed;
  }
}

async function feed(stdin: Writable, input: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const bytes of input) {
    if (stdin.destroyed) return;
    if (!stdin.write(bytes)) await writable(stdin);
  }
  stdin.end();
}

/** Waits until more can be written, or nothing any more. */
function writable(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done).off('close', done);
      resolve();
    };
    stream.on('drain', done).on('close', done);
    if (stream.destroyed) done();
  });
}
