/** What a device is to those that compute on it. `devices/` finds and chooses one. */
import { availableParallelism, cpus } from 'node:os';
import type { DeviceName } from '../protocol/devices.js';
import { TrainerError } from '../protocol/errors.js';

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

/** Precisions of a device, the one that `auto` stands for first. ONNX Runtime multiplies half-precision numbers on a CPU only by way of single ones. */
const PRECISIONS: Record<DeviceName, readonly string[]> = {
  cpu: ['fp32'],
  webgpu: ['fp32'],
  cuda: ['fp32'],
  dml: ['fp32'],
  coreml: ['fp32'],
  tensorflow: ['fp32'],
};

/** Throws TrainerError `precisionUnavailable` when the device does not compute so. */
export function checkPrecision(precision: string, { name }: Device): void {
  const available = PRECISIONS[name];
  if (precision !== 'auto' && !available.includes(precision))
    throw new TrainerError('precisionUnavailable', { precision, device: name, available });
}
