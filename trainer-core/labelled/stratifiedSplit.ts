/** Holds out a part of a set as dev: of each class the same part. */
import { createHash } from 'node:crypto';
import type { ProblemType } from '../protocol/problemType.js';
import type { LabelledExample } from './labelledExample.js';
import { labelKey } from './repeats.js';
import { textKey } from './textKey.js';

export interface Held {
  train: LabelledExample[];
  dev: LabelledExample[];
}

/**
 * Splits a set in two, each in its old order. Of n examples of a class, or with several labels of a combination of them, round(n·part)
 * are held out, at least one and at most all but one; a class with one example stays in training. (Combinations that are there once are
 * one class together; so are all numbers of a regression.) Which ones follows from `seed` and the texts alone, not from their order.
 * The same text with the same label is held out whole or not at all.
 */
export function stratifiedSplit(
  examples: readonly LabelledExample[],
  problemType: ProblemType,
  part: number,
  seed: number,
): Held {
  const held = new Set<LabelledExample>();
  for (const stratum of strata(examples, problemType)) {
    const quota = Math.min(Math.max(1, Math.round(stratum.length * part)), stratum.length - 1);
    let taken = 0;
    for (const same of inDrawnOrder(stratum, seed)) {
      if (taken + same.length > quota) continue;
      for (const example of same) held.add(example);
      taken += same.length;
    }
  }
  return { train: examples.filter((e) => !held.has(e)), dev: examples.filter((e) => held.has(e)) };
}

function strata(examples: readonly LabelledExample[], problemType: ProblemType): LabelledExample[][] {
  if (problemType === 'regression') return [[...examples]];
  const classes = [...groupedBy(examples, labelKey).values()];
  if (problemType === 'single_label_classification') return classes;
  const rare = classes.filter(({ length }) => length === 1).flat();
  return [...classes.filter(({ length }) => length > 1), rare];
}

/** Examples of the same text together, in an order drawn by the seed. */
function inDrawnOrder(stratum: readonly LabelledExample[], seed: number): LabelledExample[][] {
  const drawn = (key: string) => createHash('sha256').update(`${seed}\0${key}`).digest('base64');
  const groups = [...groupedBy(stratum, textKey)].map(([key, same]) => ({ rank: drawn(key), same }));
  return groups.sort((a, b) => (a.rank < b.rank ? -1 : 1)).map(({ same }) => same);
}

function groupedBy(
  examples: readonly LabelledExample[],
  key: (example: LabelledExample) => string,
): Map<string, LabelledExample[]> {
  const groups = new Map<string, LabelledExample[]>();
  for (const example of examples) {
    const of = key(example);
    const group = groups.get(of);
    if (group) group.push(example);
    else groups.set(of, [example]);
  }
  return groups;
}
