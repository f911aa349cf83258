/** Finds texts that stand more than once, within a set and across two. */
import type { Repeats } from '../protocol/dataSummary.js';
import type { LabelledExample } from './labelledExample.js';
import { textKey } from './textKey.js';

const PLACES = 5;

class Counter implements Repeats {
  count = 0;
  readonly places: Repeats['places'] = [];

  add(first: LabelledExample, again: LabelledExample): void {
    this.count += 1;
    if (this.places.length < PLACES) this.places.push({ first: placeOf(first), again: placeOf(again) });
  }

  get repeats(): Repeats {
    return { count: this.count, places: this.places };
  }
}

/** Texts of a set that it has before: those with the same label as the first, and those with another. */
export function repeatsWithin(examples: readonly LabelledExample[]): { duplicates: Repeats; conflicts: Repeats } {
  const seen = new Map<string, LabelledExample>();
  const [duplicates, conflicts] = [new Counter(), new Counter()];
  for (const example of examples) {
    const key = textKey(example);
    const first = seen.get(key);
    if (first === undefined) seen.set(key, example);
    else (labelKey(first) === labelKey(example) ? duplicates : conflicts).add(first, example);
  }
  return { duplicates: duplicates.repeats, conflicts: conflicts.repeats };
}

/** The training examples whose text is in another set too; `places` name the training example first. */
export function leaksInto(
  train: readonly LabelledExample[],
  other: readonly LabelledExample[],
): { repeats: Repeats; leaking: Set<LabelledExample> } {
  const there = new Map<string, LabelledExample>();
  for (const example of other) {
    const key = textKey(example);
    if (!there.has(key)) there.set(key, example);
  }
  const counter = new Counter();
  const leaking = new Set<LabelledExample>();
  for (const example of train) {
    const same = there.get(textKey(example));
    if (same === undefined) continue;
    counter.add(example, same);
    leaking.add(example);
  }
  return { repeats: counter.repeats, leaking };
}

/** The same for examples with the same label or labels. */
export function labelKey({ label, labels }: LabelledExample): string {
  return labels ? labels.join(',') : String(label);
}

function placeOf({ file, line }: LabelledExample) {
  return { file, line };
}
