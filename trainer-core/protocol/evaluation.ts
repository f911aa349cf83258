/** `evaluation.json`: the scores of a model on labelled text, and what they came from (docs/evaluation.md). */
import * as z from 'zod';
import { PROBLEM_TYPES, type ProblemType } from './problemType.js';
import type { EvaluationReport, Interval } from './report.js';

/** The names of an evaluation's files; of the pictures there are those that its problem type has. */
export const EVALUATION_FILES = {
  /** Written last: what has it is whole. */
  json: 'evaluation.json',
  text: 'evaluation.md',
  confusion: 'confusion.svg',
  reliability: 'reliability.svg',
  numbers: 'numbers.svg',
} as const;

/** The names of a comparison's files. */
export const COMPARISON_FILES = { json: 'comparison.json', text: 'comparison.md', picture: 'comparison.svg' } as const;

/** What the model made of each example, in their order; columns of equal length. */
export interface Predictions {
  /** Lines in the data file, from 1. */
  line: number[];
  /** True and guessed class ids; lists of them where there can be several; for regression the numbers. */
  label: number[] | number[][];
  predicted: number[] | number[][];
  /** The probability of the guess; null where there can be several classes, and for numbers. */
  score: number[] | null;
}

/** An evaluation. */
export interface Evaluation {
  version: 1;
  problemType: ProblemType;
  /** The model's folder, and the labelled file or folder. */
  model: string;
  data: string;
  /** SHA-256 of texts and labels in their order: two evaluations with the same can be compared. */
  examplesHash: string;
  /** Class names by id. */
  labels: readonly string[];
  /** What the logits were divided by. */
  temperature: number;
  report: EvaluationReport;
  predictions: Predictions;
}

/** As much of an `evaluation.json` as a comparison reads. */
export const comparedEvaluation = z.object({
  version: z.literal(1),
  problemType: z.enum(PROBLEM_TYPES),
  model: z.string(),
  data: z.string(),
  examplesHash: z.string(),
  labels: z.array(z.string()).readonly(),
  predictions: z.object({
    label: z.array(z.union([z.number(), z.array(z.number())])),
    predicted: z.array(z.union([z.number(), z.array(z.number())])),
  }),
});
export type ComparedEvaluation = z.output<typeof comparedEvaluation>;

/** A figure of both, and the second's minus the first's. */
export interface ComparedFigure {
  first: number;
  second: number;
  difference: number;
  /** Percentile bootstrap of the difference, 95 %; the same examples are drawn for both. */
  interval: Interval;
}

/** Two classifiers on the same examples. */
export interface Comparison {
  first: string;
  second: string;
  data: string;
  examples: number;
  accuracy: ComparedFigure;
  macroF1: ComparedFigure;
  resamples: number;
  seed: number;
  /** McNemar's test of the accuracies: `b` only the first reads rightly, `c` only the second. */
  mcnemar: { b: number; c: number; method: 'exact' | 'chi-square'; statistic: number | null; p: number };
}
