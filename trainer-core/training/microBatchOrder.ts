/** The micro-batches of a run in their order, which follows from the seed and the position alone. */
import type { Batches } from '../corpus/batches.js';
import type { Random } from '../corpus/random.js';
import type { MicroBatch } from './task.js';

export class MicroBatchOrder {
  readonly perEpoch: number;
  #now: { epoch: number; list: Batches };

  /** @param batches those of an epoch, always as many. */
  constructor(
    private readonly batches: (epoch: number) => Batches,
    private readonly random: Random,
  ) {
    this.#now = { epoch: 0, list: batches(0) };
    this.perEpoch = this.#now.list.length;
  }

  /** `count` micro-batches after the first `start` of the run, those of one epoch together. */
  *from(start: number, count: number): Generator<MicroBatch[]> {
    const end = start + count;
    for (let at = start; at < end; ) {
      const epoch = Math.floor(at / this.perEpoch);
      const endOfEpoch = (epoch + 1) * this.perEpoch;
      const microBatches: MicroBatch[] = [];
      for (; at < Math.min(end, endOfEpoch); at++)
        microBatches.push({ examples: this.#examples(at), random: this.random.fork('micro-batch', at), epoch });
      yield microBatches;
    }
  }

  #examples(microStep: number): Uint32Array {
    const epoch = Math.floor(microStep / this.perEpoch);
    if (epoch !== this.#now.epoch) this.#now = { epoch, list: this.batches(epoch) };
    return this.#now.list.at(microStep % this.perEpoch);
  }
}
