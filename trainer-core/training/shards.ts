/**
 * Flat blocks of a device's memory that hold a model's weights one after the other: the optimiser runs over a few large tensors
 * instead of over every weight. A shard is [rows, 1024], so that sums over it go in two short steps; what its weights do not fill is 0.
 */
import { concat, reshape, slice } from '../graph/build.js';
import type { Graph } from '../graph/graph.js';
import type { Value } from '../graph/ops.js';
import type { HostTensor } from '../runtime/hostTensor.js';
import type { ParameterGroup, ParameterStore, Slot } from './parameterStore.js';

export const SHARD_COLUMNS = 1024;

/** WebGPU's smallest limit of what a shader can see of a buffer (`maxStorageBufferBindingSize`): every adapter takes as much. */
export const SHARD_BYTES = 128 * 2 ** 20;

/** Weights that lie together and are treated alike. */
export interface Shard extends Pick<ParameterGroup, 'decays' | 'rate'> {
  slots: readonly Slot[];
  /** Elements of the store: from the first weight to the end of the last. */
  from: number;
  to: number;
  rows: number;
}

/** Cuts a store into shards of at most `sizeBytes`, each of whole weights; a weight that is larger makes one of its own. */
export function shardsOf(store: ParameterStore, sizeBytes = SHARD_BYTES): Shard[] {
  const capacity = sizeBytes / Float32Array.BYTES_PER_ELEMENT;
  return store.groups.flatMap(({ from, to, decays, rate }) => {
    const shards: Slot[][] = [];
    let filled = Number.POSITIVE_INFINITY;
    for (const slot of store.slots.filter(({ offset }) => offset >= from && offset < to)) {
      if (filled + slot.size > capacity) {
        shards.push([]);
        filled = 0;
      }
      shards.at(-1)?.push(slot);
      filled += slot.size;
    }
    return shards.map((slots) => {
      const [first, last] = [slots[0] as Slot, slots.at(-1) as Slot];
      const end = last.offset + last.size;
      return {
        slots,
        decays,
        rate,
        from: first.offset,
        to: end,
        rows: Math.ceil((end - first.offset) / SHARD_COLUMNS),
      };
    });
  });
}

/** A weight as a part of the shard that holds it, in a graph. */
export function weightOf(g: Graph, shard: Value, { from, rows }: Shard, { offset, size, dims }: Slot): Value {
  const flat = reshape(g, shard, [rows * SHARD_COLUMNS]);
  return reshape(g, slice(g, flat, 0, offset - from, offset - from + size), dims);
}

/** A shard's tensor [rows, 1024] put together from those of its weights, in a graph. */
export function shardOf(g: Graph, { slots, from, to, rows }: Shard, tensors: readonly Value[]): Value {
  const parts = tensors.map((tensor, i) => reshape(g, tensor, [(slots[i] as Slot).size]));
  const rest = rows * SHARD_COLUMNS - (to - from);
  if (rest > 0) parts.push(g.constant(new Float32Array(rest), [rest]));
  return reshape(g, concat(g, parts, 0, rows * SHARD_COLUMNS), [rows, SHARD_COLUMNS]);
}

/** A shard's tensor filled from a block of the store. */
export function shardTensor({ from, to, rows }: Shard, block: Float32Array): HostTensor {
  const data = new Float32Array(rows * SHARD_COLUMNS);
  data.set(block.subarray(from, to));
  return { data, dims: [rows, SHARD_COLUMNS] };
}
