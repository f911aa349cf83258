/** What a run of a graph with dropout is fed for it: the masks, or the words that the graph makes them of. */
import { evaluate } from '../graph/dims.js';
import type { GraphInput } from '../graph/graph.js';
import { fillDropoutMask, maskShape, maskWords } from './dropout.js';
import { float32, type HostTensor, int32 } from './hostTensor.js';
import { wordInputs } from './maskEmission.js';

export class DropoutFeeds {
  readonly #memory = new Map<string, Float32Array>();

  /**
   * @param inputs of the graph; those that are no masks are passed over.
   * @param inGraph whether the graph was encoded with `masksInGraph`.
   */
  constructor(
    private readonly inputs: readonly GraphInput[],
    private readonly inGraph: boolean,
  ) {}

  /** By name. The memory of masks is written over by the next run. `seed` names this run's masks; without one, masks are an Error. */
  of(bindings: Readonly<Record<string, number>>, seed: number | undefined): Record<string, HostTensor> {
    const feeds: Record<string, HostTensor> = {};
    for (const input of this.inputs) {
      if (input.source.kind !== 'dropoutMask') continue;
      if (seed === undefined) throw new Error('a graph with dropout needs a dropoutSeed');
      const { site, probability } = input.source;
      const [rows, columns] = maskShape(input.value.dims, bindings);
      const words = maskWords(rows, columns, [seed, site]);
      if (this.inGraph) {
        const [ofRows, ofColumns] = wordInputs(input).map(({ name, dims }) => {
          return { name, dims: dims.map((dim) => evaluate(dim, bindings)) };
        }) as [{ name: string; dims: number[] }, { name: string; dims: number[] }];
        feeds[ofRows.name] = int32(words.rows, ofRows.dims);
        feeds[ofColumns.name] = int32(words.columns, ofColumns.dims);
        continue;
      }
      const mask = this.#memoryOf(input.name, rows * columns);
      fillDropoutMask(mask, words, probability);
      feeds[input.name] = float32(
        mask,
        input.value.dims.map((dim) => evaluate(dim, bindings)),
      );
    }
    return feeds;
  }

  #memoryOf(name: string, size: number): Float32Array {
    let memory = this.#memory.get(name);
    if (!memory || memory.length < size) {
      memory = new Float32Array(size);
      this.#memory.set(name, memory);
    }
    return memory.subarray(0, size);
  }
}
