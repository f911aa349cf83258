/** What a device is to those that compute on it. `devices/` finds and chooses one. */
import { availableParallelism, cpus } from 'node:os';
import type { DeviceName } from '../protocol/devices.js';

export interface Device {
  name: DeviceName;
  /** The adapter's own name, or the processor's with its threads. */
  description: string;
  /** On the CPU: threads inside one op. */
  threads: number;
}

/** The processor, which is always there. @param threads inside one op. */
export function cpuDevice(threads = availableParallelism()): Device {
  const model = cpus()[0]?.model.trim() ?? 'CPU';
  return { name: 'cpu', description: `${model}, ${threads} threads`, threads };
}
