/** Follows a run's `metrics.jsonl`: its end when first read, then only what is added, however large the file is. */

import { type FileHandle, open } from 'node:fs/promises';
import type { RunEvent } from '../../trainer-core/protocol/events.js';

type Of<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;
type Best = { metric: 'macroF1' | 'loss'; value: number };

/** The last word of a metrics file. What it has not told is undefined. */
export interface LastMetrics {
  started: Of<'started'> | undefined;
  step: Of<'step'> | undefined;
  /** Over all evaluations on dev: the highest macro-F1, else the lowest loss. */
  best: Best | undefined;
  /** When the file last changed, in milliseconds since 1970. */
  updatedMs: number;
}

const NEWLINE = 0x0a;
/** `started` stands at the beginning. */
const HEAD_BYTES = 16 * 1024;
/** Hundreds of steps. */
const TAIL_BYTES = 128 * 1024;
/** How far back the best evaluation and the last step are looked for when the end does not tell of them: some 30,000 steps. */
const SEARCH_BYTES = 8 * 1024 * 1024;
const BLOCK_BYTES = 1024 * 1024;

/** One metrics file. Reads must not overlap. */
export class MetricsFollower {
  #inode = -1;
  /** Where the first line begins that was not read yet. */
  #offset = 0;
  #known: Omit<LastMetrics, 'updatedMs'> = nothing();

  constructor(readonly file: string) {}

  /** Undefined when there is no file. */
  async read(): Promise<LastMetrics | undefined> {
    const handle = await open(this.file).catch(() => undefined);
    if (!handle) return undefined;
    try {
      const { size, mtimeMs, ino } = await handle.stat();
      // A resumed run puts a shorter file in place of the old one.
      const other = ino !== this.#inode || size < this.#offset;
      if (other || size - this.#offset > BLOCK_BYTES) await this.#readEnd(handle, size);
      else if (size > this.#offset) this.#offset = await this.#readLines(handle, this.#offset, size);
      this.#inode = ino;
      return { ...this.#known, updatedMs: mtimeMs };
    } finally {
      await handle.close();
    }
  }

  async #readEnd(handle: FileHandle, size: number): Promise<void> {
    this.#known = nothing();
    const from = await tailStart(handle, size);
    if (from > 0) {
      // First, because it ends with the first score that it finds.
      await this.#readBest(handle, from);
      await this.#readLines(handle, 0, Math.min(HEAD_BYTES, from));
    }
    this.#offset = await this.#readLines(handle, from, size);
  }

  /** The trainer marks each evaluation that is the best so far, so the last one marked is the best of all before it. */
  async #readBest(handle: FileHandle, end: number): Promise<void> {
    let rest = Buffer.alloc(0);
    for (let to = end; to > Math.max(0, end - SEARCH_BYTES); to -= BLOCK_BYTES) {
      const block = Buffer.concat([await readBytes(handle, Math.max(0, to - BLOCK_BYTES), to), rest]);
      const marked = block.lastIndexOf('"best":true');
      if (marked >= 0) {
        const start = block.lastIndexOf(NEWLINE, marked) + 1;
        const stop = block.indexOf(NEWLINE, marked);
        if (start > 0 || to <= BLOCK_BYTES) this.#take(block.toString('utf8', start, stop < 0 ? block.length : stop));
      }
      if (this.#known.best) return;
      // The line that this block begins within ends here, and may be the one.
      const firstEnd = block.indexOf(NEWLINE);
      rest = firstEnd < 0 ? block : block.subarray(0, firstEnd);
    }
  }

  /** Takes in the whole lines between two places and gives where the last one ends. */
  async #readLines(handle: FileHandle, from: number, to: number): Promise<number> {
    const bytes = await readBytes(handle, from, to);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    const lines = bytes.toString('utf8', 0, end).split('\n');
    // Of the steps only the last one counts, and there are far more of them than of anything else.
    const lastStep = lines.findLastIndex((line) => line.includes('"type":"step"'));
    for (const [index, line] of lines.entries())
      if (index === lastStep || /"type":"(started|evaluated)"/.test(line)) this.#take(line);
    return from + end;
  }

  #take(line: string): void {
    const event = parseEvent(line);
    if (event?.type === 'step') this.#known.step = event;
    if (event?.type === 'started') this.#known.started = event;
    if (event?.type === 'evaluated' && event.split === 'dev')
      this.#known.best = better(this.#known.best, event.metrics);
  }
}

function nothing(): Omit<LastMetrics, 'updatedMs'> {
  return { started: undefined, step: undefined, best: undefined };
}

function better(best: Best | undefined, { macroF1, loss }: Record<string, number>): Best | undefined {
  if (macroF1 !== undefined)
    return best?.metric === 'macroF1' && best.value >= macroF1 ? best : { metric: 'macroF1', value: macroF1 };
  if (loss === undefined || best?.metric === 'macroF1') return best;
  return best && best.value <= loss ? best : { metric: 'loss', value: loss };
}

/** Undefined for a line that is not whole: the first of a block. */
function parseEvent(line: string): RunEvent | undefined {
  try {
    return JSON.parse(line) as RunEvent;
  } catch {
    return undefined;
  }
}

/** Where to read from so that the last step is among it: an evaluation, with the texts that were misread, may be longer than hundreds of steps. */
async function tailStart(handle: FileHandle, size: number): Promise<number> {
  for (let length = TAIL_BYTES; length < Math.min(size, SEARCH_BYTES); length *= 4) {
    const tail = await readBytes(handle, size - length, size);
    if (tail.lastIndexOf('"type":"step"') > tail.indexOf(NEWLINE)) return size - length;
  }
  return Math.max(0, size - SEARCH_BYTES);
}

async function readBytes(handle: FileHandle, from: number, to: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(to - from);
  const { bytesRead } = await handle.read(bytes, 0, bytes.length, from);
  return bytes.subarray(0, bytesRead);
}
