/**
 * A model's trainable weights with their gradients and AdamW moments, each one flat block of memory: the optimiser
 * runs over blocks, the model over named views, and nothing is copied between the two.
 */
import { hasNoDecay } from '../optim/adamw.js';
import type { FloatTensor, NamedTensors } from '../protocol/tensor.js';

/** Where a weight lies in the flat blocks. */
export interface Slot {
  name: string;
  dims: readonly number[];
  offset: number;
  size: number;
}

/** Weights in [`from`, `to`) that the optimiser treats alike: torch's parameter group. */
export interface ParameterGroup {
  from: number;
  to: number;
  /** Subject to weight decay. */
  decays: boolean;
  /** What the learning rate is multiplied with. */
  rate: number;
}

export class ParameterStore {
  readonly size: number;
  /** One after the other from 0 to `size`: those with decay first, of these the fastest first. */
  readonly groups: readonly ParameterGroup[];
  readonly values: Float32Array;
  readonly m: Float32Array;
  readonly v: Float32Array;
  /** In the order they lie in memory. */
  readonly slots: readonly Slot[];

  /** Takes copies of the tensors. `rateOf`: what a weight's learning rate is multiplied with. */
  constructor(tensors: NamedTensors, rateOf: (name: string) => number = () => 1) {
    const all = [...tensors].map(([name, { dims, data }]) => ({
      name,
      dims,
      size: data.length,
      decays: !hasNoDecay(name),
      rate: rateOf(name),
    }));
    all.sort((a, b) => Number(b.decays) - Number(a.decays) || b.rate - a.rate);
    const groups: ParameterGroup[] = [];
    let offset = 0;
    this.slots = all.map(({ name, dims, size, decays, rate }) => {
      const slot = { name, dims, offset, size };
      offset += size;
      const last = groups.at(-1);
      if (last && last.decays === decays && last.rate === rate) last.to = offset;
      else groups.push({ from: slot.offset, to: offset, decays, rate });
      return slot;
    });
    this.size = offset;
    this.groups = groups;
    this.values = new Float32Array(offset);
    this.m = new Float32Array(offset);
    this.v = new Float32Array(offset);
    this.load(tensors);
  }

  /** The names, in the order they lie in memory. */
  get names(): string[] {
    return this.slots.map(({ name }) => name);
  }

  /** False when a weight or a moment is NaN or infinite: a step that seemed to go well can still have thrown them out of bounds. */
  get isFinite(): boolean {
    for (const block of [this.values, this.m, this.v]) {
      // A loop: `every` takes six times as long, and a large model has hundreds of millions of numbers.
      for (let i = 0; i < block.length; i++) if (!Number.isFinite(block[i])) return false;
    }
    return true;
  }

  /** Name and shape of every weight. */
  get shapes(): Map<string, readonly number[]> {
    return new Map(this.slots.map(({ name, dims }) => [name, dims]));
  }

  /** Named views of a block of `size` elements: of `values`, `m`, `v` or a gradient buffer. */
  views(block: Float32Array): NamedTensors {
    return new Map(
      this.slots.map(({ name, dims, offset, size }) => [name, { dims, data: block.subarray(offset, offset + size) }]),
    );
  }

  /** Overwrites a block (default: the weights) from tensors of the same names and shapes. */
  load(tensors: NamedTensors, block: Float32Array = this.values): void {
    for (const [name, { data }] of this.views(block)) data.set((tensors.get(name) as FloatTensor).data);
  }
}
