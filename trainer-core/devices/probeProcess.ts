/** Starts a process that tries a device out, and collects what it answers, what is said below it, and how it ends. */

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { DeviceName } from '../protocol/devices.js';
import type { ProbeAnswer, ProbeTask } from './probeTasks.js';

export interface ProbeOptions {
  signal?: AbortSignal;
  /** Default 30 s: compiling shaders for the first time takes seconds. */
  timeoutMs?: number;
}

/** All that can be known of a probe from outside. */
export interface ProbeOutcome {
  answers: ProbeAnswer[];
  /** Standard error: the loader's and the driver's words. */
  said: string;
  /** What ended the process before its time; null when it ended by itself. */
  signal: string | null;
  /** How long it was waited for, in seconds, when it did not end. */
  timedOut: number | null;
}

/** In `dist/` it lies among the chunks of the command line, beside this code, as in `out/`. */
const PROGRAM = fileURLToPath(new URL('./deviceProbe.js', import.meta.url));
const MOST_SAID = 64 * 1024;

/** Tries a device out. Throws the signal's reason when it is aborted. */
export async function probe(
  name: DeviceName,
  tasks: readonly ProbeTask[],
  { signal, timeoutMs = 30_000 }: ProbeOptions = {},
): Promise<ProbeOutcome> {
  signal?.throwIfAborted();
  // Its own limit is for when this process is gone.
  const child = spawn(process.execPath, [PROGRAM, name, String(2 * timeoutMs), ...tasks], {
    // The Vulkan loader then says on standard error which adapter it opens: the runtime has no way to ask for its name.
    env: { ...process.env, ORT_DISABLE_TELEMETRY: '1', VK_LOADER_DEBUG: 'driver' },
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  let [out, said, timedOut] = ['', '', false];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-MOST_SAID);
  });
  const end = () => child.kill('SIGKILL');
  const timer = setTimeout(() => {
    timedOut = true;
    end();
  }, timeoutMs);
  signal?.addEventListener('abort', end, { once: true });
  try {
    const { code, ended } = await new Promise<{ code: number | null; ended: string | null }>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, ended) => resolve({ code, ended }));
    });
    signal?.throwIfAborted();
    return {
      answers: answersIn(out),
      said,
      // Windows has no signals: there a process that was ended has its exception as exit code, such as 0xC0000005.
      signal: timedOut ? null : (ended ?? (code === 0 || code === null ? null : `0x${(code >>> 0).toString(16)}`)),
      timedOut: timedOut ? timeoutMs / 1000 : null,
    };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
  }
}

/** Whole lines only: a process that is ended may leave half of one, and a driver may write lines of its own. */
function answersIn(out: string): ProbeAnswer[] {
  return out.split('\n').flatMap((line) => {
    try {
      const answer: ProbeAnswer = JSON.parse(line);
      return 'task' in answer ? [answer] : [];
    } catch {
      return [];
    }
  });
}
