/** What a probing process is asked, and what it answers: a line of JSON on standard output for each answer. */

import type { DeviceFault } from '../protocol/devices.js';
import type { TimedTraining } from './trainingSample.js';

/**
 * `run`: compile and run a small graph, with no other device to fall back on. `half`: the same in half precision. `buffers`: how large
 * an allocation may be. `time`: steps of a transformer layer's training. The others are only done when `run` went well.
 */
export type ProbeTask = 'run' | 'half' | 'buffers' | 'time';

/** `fault`: why it did not run, `runtime`: what it runs on, both where the runtime itself knows. */
export interface RunAnswer {
  task: 'run';
  ok: boolean;
  message: string;
  fault: DeviceFault | null;
  runtime: string | null;
}

export type ProbeAnswer =
  | RunAnswer
  | { task: 'half'; ok: boolean; message: string }
  /** Whether this many bytes were granted. */
  | { task: 'buffers'; bytes: number; ok: boolean }
  | ({ task: 'time' } & TimedTraining);
