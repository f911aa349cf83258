/** The benchmark of exports: sizes, and the time of one sequence in plain onnxruntime and in the PyTorch peer, in turn. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeOnnx } from '../../trainer-core/exportOnnx/onnxFile.js';
import { ONNX_FILES, PRECISIONS } from '../../trainer-core/protocol/exportConfig.js';
import { randomWeights } from './randomWeights.js';
import { type BenchOptions, config, median, round } from './steps.js';
import { PEER } from './torch/peer.js';
import { type Result, runOnce } from './versusTorch.js';

const RUN = fileURLToPath(new URL('./exportedRun.js', import.meta.url));

type Shape = Pick<BenchOptions, 'layers' | 'hidden' | 'heads' | 'ffn' | 'vocab' | 'seq' | 'steps' | 'warmup'>;
type Timed = Result & { cpu_s_median: number };

/** Each round runs every precision and the peer in processes of their own; `times_torch` are ratios of medians, wall and processor time. */
export async function benchExported(shape: Shape, rounds: number, threads: number): Promise<Record<string, unknown>> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-export-'));
  try {
    mkdirSync(join(folder, 'onnx'));
    const model = config(
      { ...shape, mode: 'infer', batch: 1, teacherLayers: shape.layers } as BenchOptions,
      'distilbert',
    );
    const weights = randomWeights('classification', model);
    const sizes: Record<string, number> = {};
    for (const precision of PRECISIONS) {
      const written = { config: model, weights, head: 'classification' as const, onBytes: () => {} };
      sizes[precision] = round((await writeOnnx(folder, precision, written)) / 1e6);
    }
    const times = new Map<string, Timed[]>();
    const add = (name: string, result: Result) => times.set(name, [...(times.get(name) ?? []), result as Timed]);
    const flags = Object.entries({ ...shape, mode: 'infer', batch: 1, threads }).map(
      ([key, value]) => `--${key}=${value}`,
    );
    const numbers = [shape.seq, shape.steps, shape.warmup, threads, shape.vocab].map(String);
    for (let i = 0; i < rounds; i++) {
      for (const precision of PRECISIONS) {
        add(precision, runOnce(process.execPath, [RUN, join(folder, ONNX_FILES[precision]), ...numbers]));
      }
      add('torch', runOnce(PEER, flags));
      const line = [...times].map(([name, results]) => `${name} ${results.at(-1)!.median_s}`).join(', ');
      console.error(`round ${i + 1}: ${line}`);
    }
    const wall = (name: string) => median(times.get(name)!.map(({ median_s }) => median_s!));
    const cpu = (name: string) => median(times.get(name)!.map(({ cpu_s_median }) => cpu_s_median));
    const rows = [...times.keys()].map((name) => [
      name,
      {
        MB: sizes[name] ?? null,
        median_ms: round(1000 * wall(name)),
        cpu_ms: round(1000 * cpu(name)),
        times_torch: round(wall('torch') / wall(name)),
        times_torch_cpu: round(cpu('torch') / cpu(name)),
        rounds_ms: times.get(name)!.map(({ median_s }) => round(1000 * median_s!)),
        peak_rss_MiB: median(times.get(name)!.map(({ peak_rss_MiB }) => peak_rss_MiB)),
      },
    ]);
    return { mode: 'export', threads, ...shape, ...Object.fromEntries(rows) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
