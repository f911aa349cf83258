/** Moves tensors between the host and one device. */
import { Graph } from '../graph/graph.js';
import type { Device } from './devices.js';
import type { DeviceTensor } from './deviceTensor.js';
import { providerOf } from './executionProviders.js';
import type { HostTensor } from './hostTensor.js';
import { cutTensor, TensorInPieces } from './largeTensors.js';
import { madeWhole } from './madeWhole.js';
import { type Feeds, Program } from './program.js';

export class DeviceMemory {
  /** Each one owns the tensors that it made. */
  readonly #programs = new Map<string, Promise<Program>>();

  /** @param largestTensor bytes: larger ones lie there in pieces; default: what the device takes. */
  constructor(
    readonly device: Device,
    private readonly largestTensor = largestOf(device),
  ) {}

  /** A copy on the device. */
  async upload(tensor: HostTensor): Promise<DeviceTensor> {
    const pieces = cutTensor(tensor, this.largestTensor);
    if (pieces.length === 1) return await this.#upload(tensor);
    return await madeWhole(async (own) => {
      const parts: DeviceTensor[] = [];
      for (const piece of pieces) parts.push(own(await this.#upload(piece)));
      return new TensorInPieces(tensor.dims, typeOf(tensor), parts);
    });
  }

  async #upload(tensor: HostTensor): Promise<DeviceTensor> {
    const program = await this.#copy(tensor.dims.length, typeOf(tensor), true);
    return (await program.runKeeping({ x: tensor })).kept.y as DeviceTensor;
  }

  /** A copy on the host of a tensor that is in one piece. Waits for all work that was begun before. */
  async read(tensor: DeviceTensor): Promise<HostTensor> {
    const program = await this.#copy(tensor.dims.length, tensor.type, false);
    return (await program.run({ x: tensor })).y as HostTensor;
  }

  async dispose(): Promise<void> {
    for (const program of this.#programs.values()) await (await program).dispose();
    this.#programs.clear();
  }

  /** A program that does nothing but end on the other side: `getData` of onnxruntime's GPU tensors aborts the process. */
  #copy(rank: number, type: DeviceTensor['type'], keep: boolean): Promise<Program> {
    const key = `${rank} ${type} ${keep}`;
    let program = this.#programs.get(key);
    if (!program) {
      const g = new Graph();
      const dims = Array.from({ length: rank }, (_, i) => `size${i}`);
      g.output('y', g.input('x', dims, type));
      program = Program.compile(g, { device: this.device, ...(keep ? { keep: ['y'] } : {}) });
      this.#programs.set(key, program);
      program.catch(() => this.#programs.delete(key));
    }
    return program;
  }
}

function typeOf({ data }: HostTensor): DeviceTensor['type'] {
  return data instanceof Float32Array ? 'float32' : 'int32';
}

/**
 * Does work with tensors where the device can read them fastest: on the CPU with the tensors themselves, elsewhere with copies that are
 * freed afterwards.
 */
export async function withTensorsOn<T>(
  device: Device,
  tensors: Readonly<Record<string, HostTensor>>,
  work: (tensors: Feeds) => Promise<T>,
): Promise<T> {
  if (!keepsTensors(device)) return await work(tensors);
  const memory = new DeviceMemory(device);
  const copies: Record<string, DeviceTensor> = {};
  try {
    for (const [name, tensor] of Object.entries(tensors)) copies[name] = await memory.upload(tensor);
    return await work(copies);
  } finally {
    for (const copy of Object.values(copies)) copy.dispose();
    await memory.dispose();
  }
}

/** Bytes of the largest tensor that the device takes. */
function largestOf(device: Device): number {
  return (device.name === 'tensorflow' ? undefined : providerOf(device).largestTensor) ?? Number.POSITIVE_INFINITY;
}

/** True for a device with memory of its own that tensors can stay in between runs. */
export function keepsTensors(device: Device): boolean {
  return device.name === 'tensorflow' || providerOf(device).keepsTensors;
}
