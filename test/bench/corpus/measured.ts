/** Runs pieces of a corpus's work in processes of their own and watches their memory. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { residentBytes } from './linuxProcess.js';
import type { Measured, Work } from './work.js';

const WORK = fileURLToPath(new URL('./work.js', import.meta.url));
const SAMPLE_MS = 200;

/** A look at a process's memory; bytes. */
export interface MemorySample {
  seconds: number;
  own: number;
  programs: number;
}

export interface Watched extends Measured {
  /** Of the process and the programs that it ran, at once. */
  peakWithProgramsBytes: number;
  memory: MemorySample[];
}

/** @param path programs are looked for in these folders; '' for none. */
export async function measure(work: Work, path = process.env.PATH ?? ''): Promise<Watched> {
  const child = spawn(process.execPath, [WORK, JSON.stringify(work)], {
    env: { ...process.env, PATH: path },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  const start = performance.now();
  const memory: MemorySample[] = [];
  const timer = setInterval(() => {
    memory.push({ seconds: (performance.now() - start) / 1000, ...residentBytes(child.pid!) });
  }, SAMPLE_MS);
  let last = '';
  for await (const line of createInterface({ input: child.stdout })) last = line;
  clearInterval(timer);
  const [code, signal] = await ended;
  if (code !== 0) throw new Error(`${JSON.stringify(work)} ended with ${code ?? signal}`);
  const measured = JSON.parse(last) as Measured;
  const peak = memory.reduce((most, { own, programs }) => Math.max(most, own + programs), measured.peakRssBytes);
  return { ...measured, peakWithProgramsBytes: peak, memory };
}
