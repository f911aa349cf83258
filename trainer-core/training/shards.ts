/**
 * Flat blocks of a device's memory that hold a model's weights one after the other: the optimiser runs over a few large tensors
 * instead of over every weight. A shard is [rows, 1024], so that sums over it go in two short steps; what its weights do not fill is 0.
 */
import { concat, reshape, slice } from '../graph/build.js';
import type { Graph } from '../graph/graph.js';
import type { Value } from '../graph/ops.js';
import { piecesOf } from '../graph/splitLarge.js';
import { LARGEST_TENSOR } from '../runtime/executionProviders.js';
import type { HostTensor } from '../runtime/hostTensor.js';
import type { ParameterGroup, ParameterStore, Slot } from './parameterStore.js';

export const SHARD_COLUMNS = 1024;

/** A weight, or rows of one that is too large for a shard. */
export interface ShardSlot extends Slot {
  /** Of the weight, its first row and the one after its last; the dimensions are those of the rows. */
  rows: readonly [from: number, to: number];
}

/** Weights that lie together and are treated alike. */
export interface Shard extends Pick<ParameterGroup, 'decays' | 'rate'> {
  slots: readonly ShardSlot[];
  /** Elements of the store: from the first weight to the end of the last. */
  from: number;
  to: number;
  rows: number;
}

/** Cuts a store into shards of at most `sizeBytes`; of a weight that is larger, each has some rows (`piecesOf`). */
export function shardsOf(store: ParameterStore, sizeBytes = LARGEST_TENSOR): Shard[] {
  const capacity = sizeBytes / Float32Array.BYTES_PER_ELEMENT;
  return store.groups.flatMap(({ from, to, decays, rate }) => {
    const shards: ShardSlot[][] = [];
    let filled = Number.POSITIVE_INFINITY;
    const own = store.slots.filter(({ offset }) => offset >= from && offset < to);
    for (const slot of own.flatMap((each) => rowsOf(each, sizeBytes))) {
      if (filled + slot.size > capacity) {
        shards.push([]);
        filled = 0;
      }
      shards.at(-1)?.push(slot);
      filled += slot.size;
    }
    return shards.map((slots) => {
      const [first, last] = [slots[0], slots.at(-1)] as [ShardSlot, ShardSlot];
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

function rowsOf({ name, dims, offset, size }: Slot, sizeBytes: number): ShardSlot[] {
  const width = size / (dims[0] ?? 1);
  return piecesOf(name, dims, sizeBytes).map(({ from, to }) => ({
    name,
    dims: dims.length === 0 ? dims : [to - from, ...dims.slice(1)],
    offset: offset + from * width,
    size: (to - from) * width,
    rows: [from, to],
  }));
}

/** A slot as a part of the shard that holds it, in a graph. */
export function weightOf(g: Graph, shard: Value, { from, rows }: Shard, { offset, size, dims }: Slot): Value {
  const flat = reshape(g, shard, [rows * SHARD_COLUMNS]);
  return reshape(g, slice(g, flat, 0, offset - from, offset - from + size), dims);
}

/** A shard's tensor [rows, 1024] put together from those of its slots, in a graph. */
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
