/** Where this machine can compute. This build computes on the CPU; other devices are refused by name. */
import { availableParallelism, cpus } from 'node:os';
import type { DeviceName } from '../protocol/devices.js';
import { TrainerError } from '../protocol/errors.js';
import { tensorflowStatus } from './tfjs/loadTensorflow.js';

export interface Device {
  name: DeviceName;
  /** The processor's own name and its cores. */
  description: string;
  threads: number;
}

/** The processor. @param threads inside one op. */
export function cpuDevice(threads = availableParallelism()): Device {
  const model = cpus()[0]?.model.trim() ?? 'CPU';
  return { name: 'cpu', description: `${model}, ${threads} threads`, threads };
}

/** The devices there are, fastest first. */
export async function listDevices(): Promise<Device[]> {
  return [cpuDevice()];
}

/** The device a name stands for; `auto` is the fastest. Throws TrainerError `deviceUnavailable` and `tensorflowUnavailable`. */
export async function chooseDevice(name: string): Promise<Device> {
  if (name === 'tensorflow') return tensorflowDevice();
  const devices = await listDevices();
  const device = name === 'auto' ? devices[0] : devices.find((each) => each.name === name);
  if (!device)
    throw new TrainerError('deviceUnavailable', { device: name, available: devices.map((each) => each.name) });
  return device;
}

function tensorflowDevice(): Device {
  const status = tensorflowStatus();
  if (!status.available) throw new TrainerError('tensorflowUnavailable', { fault: status.reason });
  return { name: 'tensorflow', description: status.description, threads: availableParallelism() };
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
