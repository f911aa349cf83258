/** Unpacks bzip2 blocks in this thread or in others. */
import { Worker } from 'node:worker_threads';
import { type Bzip2Block, Bzip2BlockDecoder } from './bzip2Block.js';

export interface BlockDecoders {
  /** How many blocks are worth being unpacked at a time. */
  readonly ahead: number;
  decode(bytes: Uint8Array, startBit: number): Promise<Bzip2Block>;
  close(): Promise<void>;
}

/** Unpacks in this thread. */
export function decoderHere(): BlockDecoders {
  const decoder = new Bzip2BlockDecoder();
  return { ahead: 1, decode: async (bytes, startBit) => decoder.decode(bytes, startBit), close: async () => {} };
}

/** Unpacks in `count` threads. */
export function decoderThreads(count: number): BlockDecoders {
  const threads = Array.from({ length: count }, () => new DecoderThread());
  return {
    ahead: 2 * count,
    decode: (bytes, startBit) => {
      const idlest = threads.reduce((best, thread) => (thread.waiting < best.waiting ? thread : best));
      return idlest.decode(bytes, startBit);
    },
    close: async () => {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}

class DecoderThread {
  readonly #worker = new Worker(new URL('./bzip2Worker.js', import.meta.url));
  /** Answers come in the order of the questions. */
  readonly #asked: { resolve(block: Bzip2Block): void; reject(error: unknown): void }[] = [];

  constructor() {
    this.#worker.on('message', (block: Bzip2Block) => this.#asked.shift()?.resolve(block));
    this.#worker.on('error', (error) => {
      for (const { reject } of this.#asked.splice(0)) reject(error);
    });
  }

  get waiting(): number {
    return this.#asked.length;
  }

  decode(bytes: Uint8Array, startBit: number): Promise<Bzip2Block> {
    return new Promise((resolve, reject) => {
      this.#asked.push({ resolve, reject });
      // The bytes are copied: they may be needed once more, with those of the next part.
      this.#worker.postMessage({ bytes, startBit });
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
