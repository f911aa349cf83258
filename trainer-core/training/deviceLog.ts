/** Numbers that a device has worked out, one after the other in one vector there, so that reading many of them is one wait and not many. */
import { concat } from '../graph/build.js';
import { Graph } from '../graph/graph.js';
import type { DeviceMemory } from '../runtime/deviceMemory.js';
import type { DeviceTensor } from '../runtime/deviceTensor.js';
import type { Program } from '../runtime/program.js';

/** A vector and another behind it. */
export function appendGraph(): Graph {
  const g = new Graph();
  g.output('both', concat(g, [g.input('log', ['logged']), g.input('x', ['more'])], 0, 'both'));
  return g;
}

export class DeviceLog {
  #log: DeviceTensor | null = null;

  /** @param append runs `appendGraph` and keeps its output. */
  constructor(
    private readonly memory: DeviceMemory,
    private readonly append: Program,
  ) {}

  /** Takes a vector over. */
  async add(x: DeviceTensor): Promise<void> {
    const log = this.#log;
    if (!log) {
      this.#log = x;
      return;
    }
    const both = (log.dims[0] as number) + (x.dims[0] as number);
    try {
      const { kept } = await this.append.runKeeping({ log, x }, { bindings: { both } });
      this.#log = kept.both as DeviceTensor;
      log.dispose();
    } finally {
      x.dispose();
    }
  }

  /** Takes over what is in the other, which is empty then. */
  async addLog(other: DeviceLog): Promise<void> {
    const log = other.#log;
    other.#log = null;
    if (log) await this.add(log);
  }

  /** All numbers since it was last cleared, where they lie; null without one. They stay the log's. */
  get numbers(): DeviceTensor | null {
    return this.#log;
  }

  /** All numbers since it was last cleared. Waits for all work that was begun before. */
  async read(): Promise<Float32Array> {
    return this.#log ? ((await this.memory.read(this.#log)).data as Float32Array) : new Float32Array();
  }

  clear(): void {
    this.#log?.dispose();
    this.#log = null;
  }
}
