/** The sets that a classifier learns from and is scored on: read, split and checked against each other. */
import type { DataSummary, SetSummary } from '../protocol/dataSummary.js';
import { TrainerError } from '../protocol/errors.js';
import type { LEAKS, Reading } from '../protocol/labelledDataConfig.js';
import type { LabelledData, LabelledExample } from './labelledExample.js';
import { readLabelled } from './readLabelled.js';
import { leaksInto, repeatsWithin } from './repeats.js';
import { stratifiedSplit } from './stratifiedSplit.js';

export interface DataSetOptions extends Reading {
  train: string;
  /** Null: a part of the training set is held out. */
  dev: string | null;
  test: string | null;
  devPart: number;
  splitSeed: number;
  leaks: (typeof LEAKS)[number];
}

export interface DataSets {
  train: LabelledData;
  dev: LabelledData;
  test: LabelledData | null;
  summary: DataSummary;
}

/**
 * Reads the sets; dev and test have the classes of the training set, and examples that are in them too are dropped from it where
 * `leaks` says so. Throws what `readLabelled` throws, `splitTooSmall`, `textsLeak` and `allTextsLeak`.
 */
export async function readDataSets(options: DataSetOptions, signal: AbortSignal): Promise<DataSets> {
  const { train: source, dev: devSource, test: testSource, devPart, splitSeed, leaks, ...reading } = options;
  const whole = await readLabelled(source, { ...reading, signal });
  const known = { ...reading, signal, ...(whole.problemType === 'regression' ? {} : { labels: whole.labels }) };
  const test = testSource === null ? null : await readLabelled(testSource, known);
  let train = whole;
  let dev: LabelledData;
  if (devSource === null) {
    const held = stratifiedSplit(whole.examples, whole.problemType, devPart, splitSeed);
    if (held.dev.length === 0)
      throw new TrainerError('splitTooSmall', { file: source, examples: whole.examples.length });
    train = { ...whole, examples: held.train };
    dev = { ...whole, examples: held.dev };
  } else {
    dev = await readLabelled(devSource, known);
  }
  const inDev = leaksInto(train.examples, dev.examples);
  const inTest = leaksInto(train.examples, test?.examples ?? []);
  const leaking = new Set([...inDev.leaking, ...inTest.leaking]);
  if (leaks === 'refuse' && leaking.size > 0) {
    const { first, again } = [...inDev.repeats.places, ...inTest.repeats.places][0]!;
    throw new TrainerError('textsLeak', { count: leaking.size, train: first, other: again });
  }
  const dropped = leaks === 'drop' ? leaking.size : 0;
  if (dropped > 0) train = { ...train, examples: train.examples.filter((example) => !leaking.has(example)) };
  if (train.examples.length === 0) throw new TrainerError('allTextsLeak', { file: source });
  return {
    train,
    dev,
    test,
    summary: {
      type: 'data',
      problemType: train.problemType,
      labels: train.labels,
      train: setSummary(source, train),
      dev: setSummary(devSource ?? source, dev),
      test: test && setSummary(testSource ?? source, test),
      devHeldOut: devSource === null,
      single: singleExamples(train),
      leaks: {
        dev: inDev.repeats,
        test: inTest.repeats,
        devToTest: leaksInto(dev.examples, test?.examples ?? []).repeats,
      },
      dropped,
    },
  };
}

/** What is to say of a set without a tokenizer. */
export function setSummary(
  source: string,
  { format, columns, problemType, labels, examples }: LabelledData,
): SetSummary {
  const isRegression = problemType === 'regression';
  const counts = new Array<number>(labels.length).fill(0);
  for (const { label, labels: all } of examples) for (const id of all ?? [label]) if (!isRegression) counts[id]! += 1;
  const values = examples.map(({ label }) => label);
  const numbers = {
    lowest: values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    mean: values.reduce((a, b) => a + b, 0) / values.length,
    highest: values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
  };
  return {
    source,
    format,
    columns,
    examples: examples.length,
    classes: isRegression ? [] : labels.map((label, id) => ({ label, examples: counts[id]! })),
    numbers: isRegression ? numbers : null,
    ...repeatsWithin(examples),
    lengths: null,
  };
}

/** The classes with a single example, and where that stands. */
export function singleExamples({ problemType, labels, examples }: LabelledData): DataSummary['single'] {
  if (problemType === 'regression') return [];
  const of: LabelledExample[][] = labels.map(() => []);
  for (const example of examples) for (const id of example.labels ?? [example.label]) of[id]?.push(example);
  return labels.flatMap((label, id) => {
    const [first, second] = of[id]!;
    return first && !second ? [{ label, place: { file: first.file, line: first.line } }] : [];
  });
}
