/** Ours and the PyTorch peer in turn, each round in processes of their own, and the ratio of their medians. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type BenchOptions, median, round } from './steps.js';

const OURS = fileURLToPath(new URL('./bench.js', import.meta.url));
const PEER = fileURLToPath(new URL('../../../test/bench/torch/bench.sh', import.meta.url));

interface Result {
  median_s: number;
  peak_rss_MiB: number;
}

/** Runs `rounds` of each, alternating, and gives both medians, both peaks, and ours / theirs. */
export function compareWithTorch(options: BenchOptions, rounds: number): Record<string, unknown> {
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
  }).map(([name, value]) => `--${name}=${value}`);
  const ours: Result[] = [];
  const torch: Result[] = [];
  for (let i = 0; i < rounds; i++) {
    ours.push(runOnce(process.execPath, [OURS, ...flags]));
    torch.push(runOnce(PEER, flags));
    console.error(`round ${i + 1}: ours ${ours.at(-1)?.median_s} s, torch ${torch.at(-1)?.median_s} s`);
  }
  const of = (results: Result[], key: keyof Result) => median(results.map((result) => result[key]));
  const [oursS, torchS] = [of(ours, 'median_s'), of(torch, 'median_s')];
  const [oursMiB, torchMiB] = [of(ours, 'peak_rss_MiB'), of(torch, 'peak_rss_MiB')];
  return {
    ours: ours.at(-1),
    torch: torch.at(-1),
    rounds,
    ours_median_s: oursS,
    torch_median_s: torchS,
    time_ratio: round(oursS / torchS),
    ratios: ours.map((result, i) => round(result.median_s / (torch[i] as Result).median_s)),
    memory_ratio: round(oursMiB / torchMiB),
  };
}

function runOnce(program: string, args: string[]): Result {
  const { status, stdout, error } = spawnSync(program, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`${program} ended with ${status ?? error?.message}`);
  return JSON.parse(stdout.trim().split('\n').at(-1) as string) as Result;
}
