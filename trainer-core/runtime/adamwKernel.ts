/**
 * AdamW's update in WebAssembly with 128-bit SIMD: it passes over memory once, where a graph of element-wise ops does so thirteen
 * times. Each block is copied into the module's own memory, a few kilobytes that stay in the cache, so the parameters can lie
 * anywhere and be of any size. All arithmetic is IEEE float32 in a fixed order: the same bits on every machine.
 * Opcodes: https://webassembly.github.io/spec/core/binary/instructions.html
 */

/** The numbers of a step: m' = decayM·m + gradM·g, v' = decayV·v + gradV·g², p' = keep·p - stepSize·m' / (√v' + epsilon). */
const NUMBERS = ['decayM', 'gradM', 'decayV', 'gradV', 'stepSize', 'epsilon', 'keep'] as const;
export type AdamWNumbers = Readonly<Record<(typeof NUMBERS)[number], number>>;

type Bytes = readonly number[];

/** Elements copied at a time, a multiple of 4. */
const BLOCK = 4096;

/** LEB128, how WebAssembly writes an unsigned integer. */
function unsigned(n: number): number[] {
  return n < 128 ? [n] : [(n & 127) | 128, ...unsigned(n >>> 7)];
}

const simd = (opcode: number): Bytes => [0xfd, ...unsigned(opcode)];
/** Operations on four float32. */
const op = { splat: simd(0x13), sqrt: simd(0xe3), add: simd(0xe4), sub: simd(0xe5), mul: simd(0xe6), div: simd(0xe7) };
const get = (local: number): Bytes => [0x20, local];
const set = (local: number): Bytes => [0x21, local];
/** Four elements at byte `at` (the top of the stack) of the block that begins at byte `start`. */
const load = (start: number): Bytes => [...simd(0x00), 4, ...unsigned(start)];
const store = (start: number): Bytes => [...simd(0x0b), 4, ...unsigned(start)];

/** Where the blocks begin in the module's memory. */
const start = { p: 0, g: BLOCK * 4, m: BLOCK * 8, v: BLOCK * 12 };

/** The function's parameters: how many bytes of each block, then the numbers in their order. */
const bytes = 0;
/** Its variables: the byte that the loop is at; the numbers, each four times; g, m' and v' of four elements. */
const at = 8;
const four = { decayM: 9, gradM: 10, decayV: 11, gradV: 12, stepSize: 13, epsilon: 14, keep: 15 };
const [g, m, v] = [16, 17, 18] as const;

const body: Bytes = [
  ...NUMBERS.flatMap((name, i) => [...get(1 + i), ...op.splat, ...set(four[name])]),
  ...[0x03, 0x40], // loop
  ...[...get(at), ...load(start.g), ...set(g)],
  ...[...get(at), ...load(start.m), ...get(four.decayM), ...op.mul],
  ...[...get(g), ...get(four.gradM), ...op.mul, ...op.add, ...set(m)],
  ...[...get(at), ...load(start.v), ...get(four.decayV), ...op.mul],
  ...[...get(g), ...get(g), ...op.mul, ...get(four.gradV), ...op.mul, ...op.add, ...set(v)],
  ...[...get(at), ...get(m), ...store(start.m)],
  ...[...get(at), ...get(v), ...store(start.v)],
  ...[...get(at), ...get(at), ...load(start.p), ...get(four.keep), ...op.mul],
  ...[...get(m), ...get(v), ...op.sqrt, ...get(four.epsilon), ...op.add, ...op.div],
  ...[...get(four.stepSize), ...op.mul, ...op.sub, ...store(start.p)],
  ...[...get(at), 0x41, 16, 0x6a, 0x22, at], // at += 16, and leave it on the stack
  ...[...get(bytes), 0x49, 0x0d, 0], // again while at < bytes
  ...[0x0b, 0x0b], // end of the loop, of the function
];

const [I32, F32, V128] = [0x7f, 0x7d, 0x7b] as const;
const section = (id: number, content: Bytes): Bytes => [id, ...unsigned(content.length), ...content];
const text = (s: string): Bytes => [s.length, ...Buffer.from(s)];
const code = [2, 1, I32, 10, V128, ...body]; // One variable of 32 bits and ten of 128 before the body.

const MODULE = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...section(1, [1, 0x60, 8, I32, ...NUMBERS.map(() => F32), 0]), // the function's type
  ...section(3, [1, 0]),
  ...section(5, [1, 0, 1]), // one page of memory, 64 KiB
  ...section(7, [2, ...text('memory'), 2, 0, ...text('update'), 0, 0]),
  ...section(10, [1, ...unsigned(code.length), ...code]),
]);

/** TypeScript's libraries declare it for browsers only. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object) => { exports: { memory: { buffer: ArrayBuffer }; update: Update } };
};
type Update = (bytes: number, ...numbers: number[]) => void;

export class AdamWKernel {
  readonly #update: Update;
  readonly #own: Record<keyof typeof start, Float32Array>;

  constructor() {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(MODULE));
    const { buffer } = exports.memory;
    this.#update = exports.update;
    const block = (first: number) => new Float32Array(buffer, first, BLOCK);
    this.#own = { p: block(start.p), g: block(start.g), m: block(start.m), v: block(start.v) };
  }

  /** Writes the new parameters and moments over the old ones. The arrays are of one length. */
  update(blocks: Readonly<Record<keyof typeof start, Float32Array>>, numbers: AdamWNumbers): void {
    const own = this.#own;
    const { length } = blocks.p;
    const scalars = NUMBERS.map((name) => numbers[name]);
    for (let from = 0; from < length; from += BLOCK) {
      const to = Math.min(length, from + BLOCK);
      for (const name of ['p', 'g', 'm', 'v'] as const) own[name].set(blocks[name].subarray(from, to));
      // What lies beyond a last block that is no multiple of four is worked out too, and dropped.
      this.#update((to - from) * 4, ...scalars);
      for (const name of ['p', 'm', 'v'] as const) blocks[name].set(own[name].subarray(0, to - from), from);
    }
  }
}
