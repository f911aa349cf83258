/** What a probe's outcome says of a device: whether it works, why not, and what it can do. */

import type { DeviceFault, DeviceName } from '../protocol/devices.js';
import type { ProbeOutcome } from './probeProcess.js';
import type { ProbeAnswer, ProbeTask } from './probeTasks.js';
import type { TimedTraining } from './trainingSample.js';

export interface Findings {
  /** Why it does not work; null when it does. */
  fault: DeviceFault | null;
  /** What the Vulkan loader calls the adapter that was opened, or a runtime itself; null where neither says. */
  adapter: string | null;
  fp16: boolean | null;
  maxBufferSizeBytes: number | null;
  timed: TimedTraining | null;
}

/** Reads an outcome. What was not asked for, or ended badly after the device had worked, is null. */
export function findings(name: DeviceName, outcome: ProbeOutcome): Findings {
  const { said } = outcome;
  const run = answer(outcome, 'run');
  const works = run?.ok === true;
  return {
    fault: works ? null : faultOf(name, outcome),
    adapter: works ? (run.runtime ?? openedAdapter(said)) : null,
    fp16: works ? (answer(outcome, 'half')?.ok ?? null) : null,
    maxBufferSizeBytes: works ? largestBuffer(outcome) : null,
    timed: works ? (answer(outcome, 'time') ?? null) : null,
  };
}

function answer<T extends ProbeTask>({ answers }: ProbeOutcome, task: T): (ProbeAnswer & { task: T }) | undefined {
  return answers.find((each): each is ProbeAnswer & { task: T } => each.task === task);
}

/** The limit that Dawn names, or the largest size that was granted. */
function largestBuffer({ answers, said }: ProbeOutcome): number | null {
  const named = /exceeds the max buffer size limit \((\d+)\)/.exec(said)?.[1];
  if (named) return Number(named);
  const granted = answers.flatMap((each) => (each.task === 'buffers' && each.ok ? [each.bytes] : []));
  return granted.length > 0 ? Math.max(...granted) : null;
}

function faultOf(name: DeviceName, outcome: ProbeOutcome): DeviceFault {
  const { said, signal, timedOut } = outcome;
  if (timedOut !== null) return { code: 'timedOut', seconds: timedOut };
  const run = answer(outcome, 'run');
  if (!run) {
    return { code: 'crashed', signal: signal ?? 'exit', message: lastWords(said) };
  }
  if (run.fault) return run.fault;
  const known = name === 'webgpu' ? webgpuFault(run.message, said) : name === 'cuda' ? cudaFault(run.message) : null;
  return known ?? { code: 'failed', message: short(run.message) };
}

/** What the system's loader writes when NVIDIA's libraries are not on its path. */
function cudaFault(message: string): DeviceFault | null {
  const library = /with error: ([^/\s:]+): cannot open shared object file/.exec(message)?.[1];
  return library ? { code: 'libraryAbsent', library } : null;
}

/** What Dawn, below the provider, and the Vulkan loader write when there is no adapter to be had. */
function webgpuFault(message: string, said: string): DeviceFault | null {
  const library = /Couldn't load Vulkan: (\S+?)[:\s]/.exec(`${said}\n`)?.[1];
  if (library) return { code: 'noVulkanLoader', library: library.split('/').at(-1) as string };
  if (!/Failed to get a WebGPU adapter|Failed to get a WebGPU device/.test(message)) return null;
  const adapters = listedAdapters(said);
  if (adapters.length > 0) return { code: 'driverTooOld', adapters };
  return /Found no drivers|VK_ERROR_INCOMPATIBLE_DRIVER/.test(said)
    ? { code: 'noVulkanDriver' }
    : { code: 'noAdapter' };
}

/** The line of the loader when a device is made: `Using "NVIDIA GeForce RTX 3080" with driver: "…"`. */
function openedAdapter(said: string): string | null {
  return /Using "([^"]+)" with driver:/.exec(said)?.[1] ?? null;
}

/** Lines of the loader such as `[0] NVIDIA GeForce RTX 3080`. */
function listedAdapters(said: string): string[] {
  const names = [...said.matchAll(/^.*DRIVER:\s+\[\d+\] (.+?)\s*$/gm)].map(([, found]) => found as string);
  return [...new Set(names)];
}

/** The last line that is no chatter of the loader's. */
function lastWords(said: string): string {
  const lines = said.split('\n').filter((line) => line.trim() !== '' && !/^(INFO|DEBUG|DRIVER|LAYER)\b/.test(line));
  return short(lines.at(-1) ?? '');
}

/** A message without the engine's file names, and not longer than a few lines. */
function short(message: string): string {
  const plain = message
    .replace(/^\/onnxruntime_src\S+:\d+ .*? was false\. /s, '')
    .replace(/\s+/g, ' ')
    .trim();
  return plain.length > 300 ? `${plain.slice(0, 299)}…` : plain;
}
