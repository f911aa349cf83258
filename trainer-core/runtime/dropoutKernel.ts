/** The pass over a dropout mask in WebAssembly with 128-bit SIMD, a few kilobytes at a time; see `dropout.ts` on what it works out. */
import {
  advance,
  type Bytes,
  get,
  instantiate,
  less,
  load,
  loop,
  set,
  simd,
  store,
  unsigned,
  wasmType,
} from './wasmModule.js';

/** Elements made at a time, rows of them at most, and columns at most of which there is a row. */
const BLOCK = 8192;
const WIDEST = 4096;
/** Where the column words, the row words and the elements begin, with 16 bytes after the last that a row's end may touch. */
const start = { columns: 0, rows: 4 * WIDEST + 16, out: 4 * WIDEST + 4 * BLOCK + 32 };

/** Operations on four int32. */
const op = { splat: simd(0x11), splatFloat: simd(0x13), greater: simd(0x3b), and: simd(0x4e), mul: simd(0xb5) };
/** The int32 at the byte on top of the stack, four times. */
const loadFour = (first: number): Bytes => [...simd(0x09), 2, ...unsigned(first)];

/** The function's parameters: bytes of all row words, bytes of a row, the threshold, what is kept is multiplied with. */
const [rowBytes, width, threshold, scale] = [0, 1, 2, 3] as const;
/** Its variables: bytes that the loops are at; threshold and scale four times; the word of the row, four times. */
const [row, column, out, thresholds, scales, word] = [4, 5, 6, 7, 8, 9] as const;

// Four elements are stored at once, so the last of a row write into the next, which comes after them and writes over that.
const body: Bytes = [
  ...[...get(threshold), ...op.splat, ...set(thresholds), ...get(scale), ...op.splatFloat, ...set(scales)],
  ...loop([
    ...[...get(row), ...loadFour(start.rows), ...set(word), 0x41, 0, ...set(column)],
    ...loop([
      ...[...get(out), ...get(column), ...load(start.columns), ...get(word), ...op.mul],
      ...[...get(thresholds), ...op.greater, ...get(scales), ...op.and, ...store(start.out)],
      ...[...advance(out, 16), 0x1a], // dropped from the stack
      ...[...advance(column, 16), ...get(width), ...less],
    ]),
    ...[...get(out), ...get(column), 0x6b, ...get(width), 0x6a, ...set(out)], // out - column + width
    ...[...advance(row, 4), ...get(rowBytes), ...less],
  ]),
];

export class DropoutKernel {
  readonly #fill: (rowBytes: number, width: number, threshold: number, scale: number) => void;
  readonly #columns: Int32Array;
  readonly #rows: Int32Array;
  readonly #out: Float32Array;

  constructor() {
    const { memory, run } = instantiate({
      parameters: [wasmType.i32, wasmType.i32, wasmType.i32, wasmType.f32],
      variables: [
        [3, wasmType.i32],
        [3, wasmType.v128],
      ],
      body,
      pages: 2,
    });
    this.#fill = run;
    this.#columns = new Int32Array(memory, start.columns, WIDEST);
    this.#rows = new Int32Array(memory, start.rows, BLOCK);
    this.#out = new Float32Array(memory, start.out, BLOCK);
  }

  /** Writes `scale` where rows[r] · columns[c], in int32, is greater than the threshold, and 0 elsewhere, to mask[r · C + c]. */
  fill(mask: Float32Array, rows: Int32Array, columns: Int32Array, threshold: number, scale: number): void {
    for (let c = 0; c < columns.length; c += WIDEST) {
      const part = columns.subarray(c, c + WIDEST);
      this.#columns.set(part);
      // What is not a whole row has others of its row between it and the next.
      const atOnce = part.length === columns.length ? Math.floor(BLOCK / part.length) : 1;
      for (let r = 0; r < rows.length; r += atOnce) {
        const some = rows.subarray(r, r + atOnce);
        this.#rows.set(some);
        this.#fill(some.length * 4, part.length * 4, threshold, scale);
        mask.set(this.#out.subarray(0, some.length * part.length), r * columns.length + c);
      }
    }
  }
}
