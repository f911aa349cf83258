/** Two classifiers on the same examples: McNemar's test, and how far apart their figures are. */
import type { ComparedEvaluation, ComparedFigure, Comparison } from '../protocol/evaluation.js';
import { type BootstrapOptions, bootstrapIntervals } from './bootstrap.js';
import { type ClassCounts, macroF1, ratio } from './classScores.js';
import { mcnemar } from './mcnemar.js';

/** Compares two evaluations with the same `examplesHash`. Ids of the second's labels are read as the first's of the same name. */
export async function compareEvaluations(
  first: ComparedEvaluation,
  second: ComparedEvaluation,
  options: BootstrapOptions = {},
): Promise<Comparison> {
  const names = [...new Set([...first.labels, ...second.labels])];
  const idOf = new Map(names.map((name, id) => [name, id]));
  const [a, b] = [first, second].map(({ labels, predictions }) => {
    const translated = (column: readonly (number | number[])[]) =>
      column.map((ids) => [ids].flat().map((id) => idOf.get(labels[id]!)!));
    return { truth: translated(predictions.label), guess: translated(predictions.predicted) };
  }) as [Columns, Columns];
  // As in a model's own evaluation: of several labels every class counts, of one class of several those that occur.
  const all = first.problemType === 'multi_label_classification';
  const [rightOfA, rightOfB] = [rightOf(a), rightOf(b)];
  const everything = Uint32Array.from(a.truth.keys());
  const figures = (drawn: Uint32Array) => {
    const scores = [accuracyOf(rightOfA, drawn), accuracyOf(rightOfB, drawn)] as const;
    const f1s = [
      macroF1(countsOf(a, names.length, drawn), all),
      macroF1(countsOf(b, names.length, drawn), all),
    ] as const;
    return { accuracy: scores, macroF1: f1s };
  };
  const whole = figures(everything);
  const { intervals, resamples, seed } = await bootstrapIntervals(
    a.truth.length,
    (drawn) => {
      const found = figures(drawn);
      return { accuracy: found.accuracy[1] - found.accuracy[0], macroF1: found.macroF1[1] - found.macroF1[0] };
    },
    options,
  );
  const figure = (name: 'accuracy' | 'macroF1'): ComparedFigure => {
    const [of, against] = whole[name];
    return { first: of, second: against, difference: against - of, interval: intervals[name] ?? [0, 0] };
  };
  return {
    first: first.model,
    second: second.model,
    data: first.data,
    examples: a.truth.length,
    accuracy: figure('accuracy'),
    macroF1: figure('macroF1'),
    resamples,
    seed,
    mcnemar: mcnemar(rightOfA, rightOfB),
  };
}

interface Columns {
  truth: number[][];
  guess: number[][];
}

function rightOf({ truth, guess }: Columns): boolean[] {
  return truth.map((ids, i) => {
    const guessed = new Set(guess[i]!);
    return ids.length === guessed.size && ids.every((id) => guessed.has(id));
  });
}

function accuracyOf(right: readonly boolean[], drawn: Uint32Array): number {
  let hits = 0;
  for (const i of drawn) if (right[i]) hits++;
  return ratio(hits, drawn.length);
}

function countsOf({ truth, guess }: Columns, classes: number, drawn: Uint32Array): ClassCounts[] {
  const counts = Array.from({ length: classes }, () => ({ hits: 0, guessed: 0, support: 0 }));
  for (const i of drawn) {
    for (const id of truth[i]!) {
      counts[id]!.support++;
      if (guess[i]!.includes(id)) counts[id]!.hits++;
    }
    for (const id of guess[i]!) counts[id]!.guessed++;
  }
  return counts;
}
