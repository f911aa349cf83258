/**
 * How near half precision comes to single precision: losses and gradients of the same work, computed both ways. Why these limits:
 * docs/decisions/0039-half-precision-after-a-check.md.
 */
import type { PrecisionFigures } from '../protocol/events.js';
import type { FloatTensor, NamedTensors } from '../protocol/tensor.js';

/** What some work came to in one precision. */
export interface Trial {
  /** Total loss of each run. */
  losses: readonly number[];
  /** Of all runs together, unscaled. */
  gradients: NamedTensors;
}

/**
 * Half precision is good enough up to these. A direction that is off by 8 degrees is far below what one batch differs from another by,
 * and far above what rounding does to a gradient; one that overflows, vanishes or is added up wrongly is off by much more.
 */
export const PRECISION_LIMITS = { lossDifference: 0.01, cosine: 0.99, normDifference: 0.05 } as const;

/** False too where a figure is no number. */
export function agrees({ lossDifference, cosine, normDifference }: PrecisionFigures): boolean {
  return (
    lossDifference <= PRECISION_LIMITS.lossDifference &&
    cosine >= PRECISION_LIMITS.cosine &&
    normDifference <= PRECISION_LIMITS.normDifference
  );
}

/** The worst of all runs and groups of weights. */
export function comparePrecisions(single: Trial, half: Trial): PrecisionFigures {
  const differences = single.losses.map((loss, i) => relative(half.losses[i] as number, loss));
  const groups = [...groupsOf(single.gradients)].map(([group, names]) => {
    const sums = { single: 0, half: 0, both: 0 };
    for (const name of names) addProducts(sums, single.gradients.get(name), half.gradients.get(name));
    const [a, b] = [Math.sqrt(sums.single), Math.sqrt(sums.half)];
    // Where nothing flows there is nothing to compare, but then nothing may flow in half precision either.
    return { group, cosine: a === 0 && b === 0 ? 1 : sums.both / (a * b), normDifference: relative(b, a) };
  });
  const { group, cosine } = groups.reduce((a, b) => (Number.isNaN(a.cosine) || a.cosine < b.cosine ? a : b));
  return {
    lossDifference: worst(differences),
    cosine,
    normDifference: worst(groups.map(({ normDifference }) => normDifference)),
    group,
  };
}

/**
 * Weights that belong together: a layer's, the embeddings', a head's. Single weights would not do: the bias of the keys has a gradient
 * of 0, so that all there is of it is rounding.
 */
export function groupOf(name: string): string {
  return /^(.*\b(?:layer\.\d+|embeddings))\./.exec(name)?.[1] ?? name.slice(0, Math.max(0, name.lastIndexOf('.')));
}

function groupsOf(gradients: NamedTensors): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const name of gradients.keys()) {
    const group = groupOf(name);
    groups.set(group, [...(groups.get(group) ?? []), name]);
  }
  return groups;
}

function addProducts(
  sums: { single: number; half: number; both: number },
  single: FloatTensor | undefined,
  half: FloatTensor | undefined,
): void {
  const [a, b] = [single?.data as Float32Array, half?.data as Float32Array];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as number, b[i] as number];
    sums.single += x * x;
    sums.half += y * y;
    sums.both += x * y;
  }
}

/** |x - y| / |y|; 0 where both are 0. */
function relative(x: number, y: number): number {
  return x === y ? 0 : Math.abs(x - y) / Math.abs(y);
}

/** The largest, or NaN where one is NaN. */
function worst(values: readonly number[]): number {
  return values.reduce((a, b) => (Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Math.max(a, b)), 0);
}
