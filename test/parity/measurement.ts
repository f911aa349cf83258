/** What a parity check found: the greatest difference from the reference, and the limit it must keep. */
import type { NamedTensors } from '../../trainer-core/protocol/tensor.js';

export interface Measurement {
  /** Folder or case, relative to the fixtures. */
  part: string;
  quantity: string;
  /** The greatest difference; NaN counts as above any limit. */
  difference: number;
  /** Null: the reference names no limit, so this one is for reading only. */
  limit: number | null;
}

/** Something that was found and could not be compared, in words. */
export interface Note {
  part: string;
  note: string;
  /** True when it makes the check fail. */
  failure: boolean;
}

export type Finding = Measurement | Note;

/** Limits of the fixtures' own table. Losses and norms are relative, the rest absolute. */
export const limits = {
  activation: 1e-5,
  loss: 5e-6,
  norm: 5e-6,
  learningRate: 1e-9,
  parameter: 2e-5,
  curve: 1e-5,
  lateTeacherCurve: 5e-5,
  exact: 0,
} as const;

/** The limit for gradients of which the largest is `largest`. */
export const gradientLimit = (largest: number): number => 5e-6 * Math.max(1, largest);

export const isFailure = (finding: Finding): boolean =>
  'note' in finding ? finding.failure : finding.limit !== null && !(finding.difference <= finding.limit);

/** Collects the findings of one part. */
export class Findings {
  readonly list: Finding[] = [];

  constructor(readonly part: string) {}

  measure(quantity: string, difference: number, limit: number | null): void {
    this.list.push({ part: this.part, quantity, difference, limit });
  }

  /** Says what could not be compared. */
  note(note: string): void {
    this.list.push({ part: this.part, note, failure: false });
  }

  fail(note: string): void {
    this.list.push({ part: this.part, note, failure: true });
  }
}

/** The greatest |got - expected|; NaN where either is not a number, ∞ where the lengths differ. */
export function greatestDifference(got: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (got.length !== expected.length) return Number.POSITIVE_INFINITY;
  let greatest = 0;
  for (let i = 0; i < got.length; i++) {
    const difference = Math.abs((got[i] as number) - (expected[i] as number));
    if (!(difference <= greatest)) greatest = difference;
    if (Number.isNaN(greatest)) break;
  }
  return greatest;
}

/** The greatest |got - expected| / |expected|; 0 where both are 0. */
export function greatestRatio(got: readonly number[], expected: readonly number[]): number {
  if (got.length !== expected.length) return Number.POSITIVE_INFINITY;
  const ratios = got.map((x, i) =>
    x === expected[i] ? 0 : Math.abs(x - (expected[i] as number)) / Math.abs(expected[i] as number),
  );
  return ratios.reduce((a, b) => (b <= a ? a : b), 0);
}

/** The gradient of a key bias is 0 in truth, because softmax ignores a constant, so Adam moves it by rounding errors alone. */
export const isKeyBias = (name: string): boolean => /(k_lin|attention\.self\.key)\.bias$/.test(name);

/**
 * Compares `got` with every tensor of `expected`.
 * @returns the greatest difference, ∞ when a tensor is missing or misshapen, and the largest magnitude expected.
 */
export function compareTensors(
  got: NamedTensors,
  expected: NamedTensors,
  include: (name: string) => boolean = () => true,
): { difference: number; largest: number } {
  let difference = 0;
  let largest = 0;
  for (const [name, { dims, data }] of expected) {
    if (!include(name)) continue;
    const tensor = got.get(name);
    const sameShape = tensor?.dims.join() === dims.join();
    const here = tensor && sameShape ? greatestDifference(tensor.data, data) : Number.POSITIVE_INFINITY;
    if (!(here <= difference)) difference = here;
    largest = data.reduce((max, x) => Math.max(max, Math.abs(x)), largest);
  }
  return { difference, largest };
}
