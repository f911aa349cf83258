/**
 * Inverted-dropout masks (Srivastava et al. 2014) that host and graph work out alike, to the last bit, on any device.
 *
 * A mask is seen as a matrix of R rows and C columns, C being its last dimension. Each row and each column has an odd 32-bit word, drawn
 * from a stream that the mask's name alone begins; an element is kept where the product of its row's and its column's word, as an int32
 * that overflows, is greater than a threshold. Odd words are a group under this product, so any three elements are exactly
 * independent, as in tabulation hashing (Pătraşcu & Thorup 2012); of two rows and two columns the fourth follows from three, but
 * through a product's highest bits, which depend on all lower ones (docs/decisions/0034-dropout-by-a-hash.md).
 */
import { type Dim, elementCount } from '../graph/dims.js';
import { DropoutKernel } from './dropoutKernel.js';

/** Names a mask: the seed of the run of a program, and which of its graph's masks it is. Two 32-bit words. */
export type MaskName = readonly [seed: number, site: number];

/** All that a mask is made of. */
export interface MaskWords {
  /** Odd, [R]. */
  rows: Int32Array;
  /** Odd, [C]. */
  columns: Int32Array;
}

/** R and C of a mask of these dimensions. */
export function maskShape(dims: readonly Dim[], bindings: Readonly<Record<string, number>>): [number, number] {
  return [elementCount(dims.slice(0, -1), bindings), elementCount(dims.slice(-1), bindings)];
}

/** The words of a mask. The same name gives the same columns, and the same rows, of which fewer are the first of more. */
export function maskWords(rows: number, columns: number, [seed, site]: MaskName): MaskWords {
  const words = { rows: new Int32Array(rows), columns: new Int32Array(columns) };
  // xorshift128 (Marsaglia 2003), its state spread from the name by the murmur3 finaliser.
  let x = mix(seed ^ 0x9e3779b9);
  let y = mix(site ^ 0x85ebca6b);
  let z = mix(x + y);
  let w = mix(y ^ 0xc2b2ae35) | 1;
  for (const part of [words.columns, words.rows]) {
    for (let i = 0; i < part.length; i++) {
      const t = x ^ (x << 11);
      x = y;
      y = z;
      z = w;
      w = w ^ (w >>> 19) ^ t ^ (t >>> 8);
      part[i] = w | 1;
    }
  }
  return words;
}

/** The int32 that a product must be greater than to be kept: of the 2³¹ odd numbers the `probability` lowest are dropped. */
export function keepThreshold(probability: number): number {
  return Math.max(-(2 ** 31), 2 * Math.round(probability * 2 ** 31) - 2 ** 31 - 1);
}

/** What a kept element is multiplied with, a float32. */
export function keepScale(probability: number): number {
  return Math.fround(1 / (1 - probability));
}

let kernel: DropoutKernel | undefined;

/** Fills `mask` [R, C] with 0 (with `probability`, from 0 to below 1) or 1 / (1 - probability). */
export function fillDropoutMask(mask: Float32Array, { rows, columns }: MaskWords, probability: number): void {
  kernel ??= new DropoutKernel();
  kernel.fill(mask, rows, columns, keepThreshold(probability), keepScale(probability));
}

function mix(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
