/** Ours and the PyTorch peer in turn, each round in processes of their own, and the ratio of their medians. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type DistillationOptions, microBatchesFile } from './distillation.js';
import { median, round } from './steps.js';
import { PEER } from './torch/peer.js';

const OURS = fileURLToPath(new URL('./bench.js', import.meta.url));

/** What is compared: seconds of a step, or tokens a second. */
export type Result = { peak_rss_MiB: number } & Record<
  'median_s' | 'tokens_per_s' | 'tokens_per_cpu_s',
  number | undefined
>;

/**
 * Runs `rounds` of each, alternating, and gives the medians of both and ours / theirs. Where the machine is shared, processor time
 * compares better than the clock does.
 */
export function compareWithTorch(options: DistillationOptions, rounds: number): Record<string, unknown> {
  const distills = options.mode === 'distill';
  const flags = Object.entries({
    mode: options.mode,
    batch: options.batch,
    seq: options.seq,
    steps: options.steps,
    warmup: options.warmup,
    layers: options.layers,
    'teacher-layers': options.teacherLayers,
    hidden: options.hidden,
    heads: options.heads,
    ffn: options.ffn,
    vocab: options.vocab,
    ...(options.threads === undefined ? {} : { threads: options.threads }),
    ...(distills ? { accumulation: options.accumulation, 'micro-batches': microBatchesFile(options) } : {}),
  }).map(([name, value]) => `--${name}=${value}`);
  const own = [
    `--teacher-precision=${options.teacherPrecision}`,
    ...(options.topK === undefined ? [] : [`--teacher-top-k=${options.topK}`]),
  ];
  const keys = distills ? (['tokens_per_s', 'tokens_per_cpu_s'] as const) : (['median_s'] as const);
  const ours: Result[] = [];
  const torch: Result[] = [];
  for (let i = 0; i < rounds; i++) {
    ours.push(runOnce(process.execPath, [OURS, ...flags, ...own]));
    torch.push(runOnce(PEER, flags));
    const pair = keys.map((key) => `${key}: ours ${ours.at(-1)?.[key]}, torch ${torch.at(-1)?.[key]}`);
    console.error(`round ${i + 1}: ${pair.join('; ')}`);
  }
  const ratio = (a: number | undefined, b: number | undefined) => round((a ?? 0) / (b ?? 0));
  const compared = [...keys, 'peak_rss_MiB' as const].map((key) => {
    const [a, b] = [ours, torch].map((results) => median(results.map((result) => result[key] ?? 0)));
    const ratios = ours.map((result, i) => ratio(result[key], torch[i]?.[key]));
    return [key, { ours: a, torch: b, ratio: ratio(a, b), ratios }];
  });
  return { ours: ours.at(-1), torch: torch.at(-1), rounds, ...Object.fromEntries(compared) };
}

/** Runs a program and gives what its last line says. */
export function runOnce(program: string, args: string[]): Result {
  const { status, stdout, error } = spawnSync(program, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`${program} ended with ${status ?? error?.message}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) as string) as Result;
}
