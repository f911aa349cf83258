/** Programs that are timed in turn, each in a process of its own: our steps on a device, and the PyTorch peer. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { PEER, PEER_PROGRAM } from '../torch/peer.js';
import { withCardUse } from './cardUse.js';
import type { ProbeOptions, TimedSteps } from './deviceRun.js';
import type { StepOptions } from './deviceSteps.js';
import type { Profile } from './kernels.js';
import { peerWork } from './modelWork.js';
import type { Probes } from './probes.js';
import type { Arithmetic, Contestant, Timing } from './report.js';

const OURS = fileURLToPath(new URL('./deviceRun.js', import.meta.url));
/** Labels of the benchmark's classifier. */
const LABELS = 9;
/** A process that hangs, as one whose device was lost can, is ended. */
const LIMIT_MS = 300_000;

export interface TorchOptions {
  device: 'cpu' | 'cuda';
  arithmetic: readonly Arithmetic[];
  attention: 'eager' | 'sdpa';
}

/** A PyTorch that multiplies in one of the ways that it knows. */
export function torchContestant(arithmetic: Arithmetic, { attention }: TorchOptions): Contestant {
  return { name: `torch ${arithmetic} ${attention}`, side: 'torch', arithmetic };
}

/** Times steps of ours. */
export async function timeOurs(options: StepOptions): Promise<Timing> {
  const { result, use } = await withCardUse(() =>
    runJson<TimedSteps>(process.execPath, [OURS, 'steps', JSON.stringify(options)]),
  );
  return { ...result, card: use };
}

/** Takes a profile of steps of ours. */
export async function profileOurs(options: StepOptions): Promise<Profile> {
  return await runJson(process.execPath, [OURS, 'profile', JSON.stringify(options)]);
}

/** Measures what our engine makes of the device. */
export async function probeOurs(options: ProbeOptions): Promise<Probes> {
  return await runJson(process.execPath, [OURS, 'probes', JSON.stringify(options)]);
}

/** Times steps of the peer. */
export async function timeTorch(options: StepOptions, arithmetic: Arithmetic, torch: TorchOptions): Promise<Timing> {
  const { mode, batch, seq, steps, warmup, layers, teacherLayers, hidden, heads, ffn, vocab } = options;
  const sizes = { mode, batch, seq, steps, warmup, layers, 'teacher-layers': teacherLayers, hidden, heads, ffn, vocab };
  const { result, use } = await withCardUse(() => runTorch(sizes, options.device.threads, arithmetic, torch));
  const work = peerWork(mode, { layers, hidden, ffn, vocab, labels: LABELS, batch, seq }, teacherLayers);
  return { step_s: result.step_s as number, work, peak_rss_MiB: result.peak_rss_MiB as number, card: use };
}

/** TFLOP/s of the peer's products of square matrices. */
export async function probeTorch(
  size: number,
  threads: number,
  arithmetic: Arithmetic,
  torch: TorchOptions,
): Promise<number> {
  const sizes = { mode: 'matmul', size, steps: 16, warmup: 4 };
  return (await runTorch(sizes, threads, arithmetic, torch)).tflops as number;
}

async function runTorch(
  sizes: Record<string, string | number>,
  threads: number,
  arithmetic: Arithmetic,
  { device, attention }: TorchOptions,
): Promise<Record<string, number>> {
  const flags = [
    ...Object.entries(sizes).map(([name, value]) => `--${name}=${value}`),
    `--threads=${threads}`,
    '--block',
    `--device=${device}`,
    `--attn=${attention}`,
    ...(arithmetic === 'tf32' ? ['--tf32'] : []),
    ...(arithmetic === 'bf16' || arithmetic === 'fp16' ? [`--amp=${arithmetic}`] : []),
  ];
  // The CPU's peer is Debian's PyTorch with a tuned library; on CUDA it is whichever the machine has.
  if (device === 'cpu') return await runJson(PEER, flags);
  return await runJson(process.env.BENCH_PYTHON ?? 'python3', ['-W', 'ignore', PEER_PROGRAM, ...flags]);
}

/** What the last line that a program prints says. Throws an Error with the last that it complained of. */
async function runJson<T>(program: string, args: readonly string[]): Promise<T> {
  const options = { timeout: LIMIT_MS, maxBuffer: 2 ** 28 };
  const { stdout } = await promisify(execFile)(program, args, options).catch((error) => {
    const { code, signal, stderr = '' } = error as { code?: string | number; signal?: string; stderr?: string };
    const said = stderr.trim().split('\n').at(-1)?.slice(0, 500);
    throw new Error(`ended with ${signal ?? code}: ${said}`);
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) as string) as T;
}
