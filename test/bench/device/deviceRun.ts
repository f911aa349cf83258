/**
 * Run as `deviceRun.js steps|profile|probes OPTIONS`: times steps on a device, takes a profile of a few, or measures the device with plain
 * graphs, in this process alone. The last line printed is one JSON object.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Device } from '../../../trainer-core/runtime/devices.js';
import { profileAll } from '../profile.js';
import { deviceSteps, type StepOptions } from './deviceSteps.js';
import { profileOf, type TraceEvent } from './kernels.js';
import { type Precision, probe } from './probes.js';
import { WorkCounter } from './workCounter.js';

/** What a timing of ours gives. */
export interface TimedSteps {
  /** Seconds of a step, all timed steps being one block: a device is read back from as the product does, and once at the end. */
  step_s: number;
  /** Floating-point operations of a step's matrix products, and graphs run for it. */
  work: number;
  graph_runs: number;
  peak_rss_MiB: number;
}

async function timed(options: StepOptions): Promise<TimedSteps> {
  const counter = WorkCounter.install();
  const { step, settle, end } = await deviceSteps(options);
  const { work, runs } = await counter.counted(step);
  for (let i = 1; i < options.warmup; i++) await step();
  await settle();
  const start = performance.now();
  for (let i = 0; i < options.steps; i++) await step();
  await settle();
  const step_s = (performance.now() - start) / 1000 / options.steps;
  await end();
  const peak_rss_MiB = process.resourceUsage().maxRSS / 1024;
  return { step_s, work, graph_runs: runs, peak_rss_MiB };
}

/** Profiles all steps, the first too: the GPU's own clock does not see that kernels are compiled for it. */
async function profiled(options: StepOptions) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-profile-'));
  try {
    profileAll(join(folder, 'profile'));
    const { step, settle, end } = await deviceSteps(options);
    for (let i = 0; i < options.steps; i++) await step();
    await settle();
    await end();
    const graphs = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
    return profileOf(graphs as TraceEvent[][], options.steps);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export interface ProbeOptions {
  device: Device;
  size: number;
  precision: Precision;
}

const [job, text = ''] = process.argv.slice(2);
const jobs: Record<string, () => Promise<unknown>> = {
  steps: () => timed(JSON.parse(text) as StepOptions),
  profile: () => profiled(JSON.parse(text) as StepOptions),
  probes: async () => {
    const { device, size, precision } = JSON.parse(text) as ProbeOptions;
    return await probe(device, size, precision);
  },
};
try {
  console.log(JSON.stringify(await jobs[job as string]?.()));
} catch (error) {
  // Its message is what the report has; a stack would be longer than what is kept of it.
  console.error(`${error}`);
  process.exit(1);
}
