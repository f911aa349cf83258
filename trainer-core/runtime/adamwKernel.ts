/**
 * AdamW's update in WebAssembly with 128-bit SIMD: it passes over memory once, where a graph of element-wise ops does so thirteen
 * times. Each block is copied into the module's own memory, a few kilobytes that stay in the cache, so the parameters can lie
 * anywhere and be of any size. All arithmetic is IEEE float32 in a fixed order: the same bits on every machine.
 */
import { advance, type Bytes, get, instantiate, less, load, loop, set, simd, store, wasmType } from './wasmModule.js';

/** The numbers of a step: m' = decayM·m + gradM·g, v' = decayV·v + gradV·g², p' = keep·p - stepSize·m' / (√v' + epsilon). */
const NUMBERS = ['decayM', 'gradM', 'decayV', 'gradV', 'stepSize', 'epsilon', 'keep'] as const;

/** Elements copied at a time, a multiple of 4. */
const BLOCK = 4096;

/** Operations on four float32. */
const op = { splat: simd(0x13), sqrt: simd(0xe3), add: simd(0xe4), sub: simd(0xe5), mul: simd(0xe6), div: simd(0xe7) };

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
  ...loop([
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
    ...[...advance(at, 16), ...get(bytes), ...less],
  ]),
];

export class AdamWKernel {
  readonly #update: (bytes: number, ...numbers: number[]) => void;
  readonly #own: Record<keyof typeof start, Float32Array>;

  constructor() {
    const { memory, run } = instantiate({
      parameters: [wasmType.i32, ...NUMBERS.map(() => wasmType.f32)],
      variables: [
        [1, wasmType.i32],
        [10, wasmType.v128],
      ],
      body,
      pages: 1,
    });
    this.#update = run;
    const block = (first: number) => new Float32Array(memory, first, BLOCK);
    this.#own = { p: block(start.p), g: block(start.g), m: block(start.m), v: block(start.v) };
  }

  /** Writes the new parameters and moments over the old ones. The arrays are of one length. */
  update(
    blocks: Readonly<Record<keyof typeof start, Float32Array>>,
    numbers: Readonly<Record<(typeof NUMBERS)[number], number>>,
  ): void {
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
