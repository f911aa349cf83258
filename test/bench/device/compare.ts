/** Benchmarks of steps on a device: ours in each precision and PyTorch in each of its own, in turn, and what bounds ours. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, platform, release } from 'node:os';
import { join } from 'node:path';
import { chooseDevice } from '../../../trainer-core/devices/chooseDevice.js';
import type { DeviceName } from '../../../trainer-core/protocol/devices.js';
import type { Device } from '../../../trainer-core/runtime/devices.js';
import { readCards } from '../../../trainer-core/runtime/graphicsCards.js';
import type { BenchOptions } from '../steps.js';
import { boundsOf } from './bounds.js';
import {
  probeOurs,
  probeTorch,
  profileOurs,
  type TorchOptions,
  timeOurs,
  timeTorch,
  torchContestant,
} from './contestants.js';
import type { StepOptions } from './deviceSteps.js';
import type { Precision } from './probes.js';
import { publishedPeak } from './publishedPeaks.js';
import { type CaseReport, type Contestant, type DeviceReport, ratiosOf, standing, type Timing } from './report.js';
import { reportTable } from './table.js';

export interface CompareOptions {
  device: DeviceName;
  modes: readonly StepOptions['mode'][];
  batches: readonly number[];
  precisions: readonly Precision[];
  /** Null: ours alone. */
  torch: TorchOptions | null;
  rounds: number;
  /** Of the models, the sequences and our engine's threads. */
  sizes: Omit<BenchOptions, 'mode' | 'batch' | 'steps' | 'warmup'>;
  /** Steps that are timed, and those before them; null: as many as a mode has by default. */
  steps: number | null;
  warmup: number | null;
  /** Rows and columns of the matrices that measure the device. */
  probeSize: number;
  /** Where results.json and results.md are written after each case; null: nowhere. */
  out: string | null;
  /** What it was run with, for the table. */
  command: string;
}

const STEPS: Record<StepOptions['mode'], { steps: number; warmup: number }> = {
  finetune: { steps: 20, warmup: 5 },
  distill: { steps: 10, warmup: 3 },
  infer: { steps: 50, warmup: 10 },
};
/** The first compiles the kernels. */
const PROFILED_STEPS = 3;

/** Runs every mode with every batch; tells each timing on stderr. A contestant that fails has its reason in the report, and the rest goes on. */
export async function compareOnDevice(options: CompareOptions): Promise<DeviceReport> {
  const found = await chooseDevice(options.device);
  const { threads } = options.sizes;
  const device = threads === undefined ? found : { ...found, threads };
  const report = await newReport(options, device);
  await measurePeaks(report, options, device);
  for (const mode of options.modes) {
    for (const batch of options.batches) {
      report.cases.push(await compareCase(report, options, device, mode, batch));
      if (options.out !== null) write(report, options.out, options.command);
    }
  }
  return report;
}

async function newReport(options: CompareOptions, device: Device): Promise<DeviceReport> {
  const { sizes, rounds, steps, warmup } = options;
  const [card] = device.name === 'cpu' ? [] : await readCards();
  const memory = card?.usage.memoryTotalBytes;
  return {
    device: `${device.name}, ${device.description}`,
    machine: {
      card: card?.name || null,
      'card MiB': memory === undefined ? null : Math.round(memory / 2 ** 20),
      processor: cpus()[0]?.model.trim() ?? null,
      cores: availableParallelism(),
      system: `${platform()} ${release()} ${arch()}`,
      'Node.js': process.version,
    },
    settings: { ...sizes, rounds, steps: steps ?? STEPS, warmup },
    probes: {},
    peaks: { measured: {}, published: card ? publishedPeak(card.name) : null },
    cases: [],
  };
}

async function measurePeaks(
  { probes, peaks }: DeviceReport,
  { precisions, torch, probeSize }: CompareOptions,
  device: Device,
): Promise<void> {
  for (const precision of precisions) {
    const { name } = ours(precision);
    await attempt(unmeasured(name), async () => {
      probes[name] = await probeOurs({ device, size: probeSize, precision });
      peaks.measured[name] = probes[name].tflops;
    });
  }
  for (const arithmetic of torch?.arithmetic ?? []) {
    const { name } = torchContestant(arithmetic, torch as TorchOptions);
    await attempt(unmeasured(name), async () => {
      peaks.measured[name] = await probeTorch(probeSize, device.threads, arithmetic, torch as TorchOptions);
    });
  }
}

async function compareCase(
  { probes, peaks }: DeviceReport,
  options: CompareOptions,
  device: Device,
  mode: StepOptions['mode'],
  batch: number,
): Promise<CaseReport> {
  const { precisions, torch, rounds, sizes } = options;
  const { steps, warmup } = STEPS[mode];
  const common = { ...sizes, mode, batch, device, steps: options.steps ?? steps, warmup: options.warmup ?? warmup };
  const contestants: (Contestant & { time(): Promise<Timing>; timings: Timing[] })[] = [
    ...precisions.map((precision) => ({
      ...ours(precision),
      time: () => timeOurs({ ...common, precision }),
      timings: [],
    })),
    ...(torch?.arithmetic ?? []).map((arithmetic) => ({
      ...torchContestant(arithmetic, torch as TorchOptions),
      time: () => timeTorch({ ...common, precision: 'fp32' }, arithmetic, torch as TorchOptions),
      timings: [],
    })),
  ];
  const failures: Record<string, string> = {};
  const failed = (name: string) => (why: string) => {
    failures[name] = why;
    console.error(`${mode} ${batch}, ${name}: ${why}`);
  };
  for (let round = 1; round <= rounds; round++) {
    for (const { name, time, timings } of contestants) {
      // One that failed would fail again, and its limit be waited for.
      if (failures[name] !== undefined) continue;
      await attempt(failed(name), async () => {
        timings.push(await time());
        console.error(`${mode} ${batch}, round ${round}, ${name}: ${timings.at(-1)?.step_s.toPrecision(4)} s a step`);
      });
    }
  }
  const standings = contestants.flatMap(({ timings, time: _, ...contestant }) =>
    timings.length === 0 ? [] : [standing(contestant, timings, batch, peaks)],
  );
  const profiles: CaseReport['profiles'] = {};
  for (const precision of precisions) {
    const { name } = ours(precision);
    const timed = standings.find((each) => each.name === name);
    if (!timed) continue;
    await attempt(failed(`${name}, profile`), async () => {
      const profile = await profileOurs({ ...common, precision, steps: PROFILED_STEPS });
      const bounds = boundsOf(1000 * timed.step_s, profile, probes[name]?.usPerDispatch ?? null);
      profiles[name] = { ...profile, bounds };
    });
  }
  return { mode, batch, seq: sizes.seq, standings, ratios: ratiosOf(standings), profiles, failures };
}

function ours(precision: Precision): Contestant {
  return { name: `ours ${precision}`, side: 'ours', arithmetic: precision };
}

/** A peak that cannot be measured is missing from the report; why, is said. */
function unmeasured(name: string): (why: string) => void {
  return (why) => console.error(`${name}, alone: ${why}`);
}

async function attempt(failed: (why: string) => void, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    failed((error as Error).message);
  }
}

function write(report: DeviceReport, out: string, command: string): void {
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'results.json'), `${JSON.stringify(report, null, 1)}\n`);
  writeFileSync(join(out, 'results.md'), `${reportTable(report, command)}\n`);
}
