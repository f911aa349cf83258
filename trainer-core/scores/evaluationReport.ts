/** A model's logits on labelled examples → its scores, by what its outputs mean. */
import { createHash } from 'node:crypto';
import type { Evaluation, Predictions } from '../protocol/evaluation.js';
import type { ProblemType } from '../protocol/problemType.js';
import { type EvaluationReport, LOGGED_MISREAD, type MisreadExample } from '../protocol/report.js';
import type { BootstrapOptions } from './bootstrap.js';
import { classificationReport, withClassificationIntervals } from './classificationReport.js';
import { multiLabelReport, THRESHOLD, withMultiLabelIntervals } from './multiLabelReport.js';
import { argmax, sigmoid, softmax } from './probabilities.js';
import { regressionReport, withRegressionIntervals } from './regressionReport.js';
import type { ScoredExample } from './scoredExample.js';

/** What of a model decides how its logits are read. */
export interface OutputMeaning {
  problemType: ProblemType;
  labels: readonly string[];
  temperature: number;
}

/** An example without what the model made of it. */
export type LabelledText = Omit<ScoredExample, 'probabilities'>;

/** Scores logits, a row an example; the report lists every misread example. */
export async function evaluationReport(
  { problemType, labels, temperature }: OutputMeaning,
  texts: readonly LabelledText[],
  logits: readonly ArrayLike<number>[],
  options: BootstrapOptions = {},
): Promise<EvaluationReport> {
  const scored = (probabilitiesOf: (row: ArrayLike<number>) => ArrayLike<number>): ScoredExample[] =>
    texts.map((text, i) => ({ ...text, probabilities: probabilitiesOf(logits[i]!) }));
  switch (problemType) {
    case 'single_label_classification': {
      const examples = scored((row) => softmax(row, temperature));
      return withClassificationIntervals(classificationReport(labels, examples), examples, options);
    }
    case 'multi_label_classification': {
      const examples = scored((row) => sigmoid(row, temperature));
      return withMultiLabelIntervals(multiLabelReport(labels, examples), examples, options);
    }
    case 'regression': {
      const examples = scored((row) => row);
      return withRegressionIntervals(regressionReport(examples), examples, options);
    }
  }
}

/** The whole evaluation, with what the model made of each example. */
export async function evaluationOf(
  meaning: OutputMeaning,
  names: Pick<Evaluation, 'model' | 'data'>,
  texts: readonly LabelledText[],
  logits: readonly ArrayLike<number>[],
  options: BootstrapOptions = {},
): Promise<Evaluation> {
  const { problemType, labels, temperature } = meaning;
  return {
    version: 1,
    problemType,
    ...names,
    examplesHash: examplesHash(labels, texts),
    labels,
    temperature,
    report: await evaluationReport(meaning, texts, logits, options),
    predictions: predictionsOf(meaning, texts, logits),
  };
}

/** The numbers of a report by name: its curves in the dashboard and in TensorBoard. */
export function metricsOf(report: EvaluationReport): Record<string, number> {
  const { loss } = report;
  switch (report.problemType) {
    case 'regression': {
      const { mse, mae, r2, pearson, spearman } = report;
      const known = Object.entries({ mse, mae, r2, pearson, spearman }).filter(([, value]) => value !== null);
      return { ...(Object.fromEntries(known) as Record<string, number>), loss };
    }
    case 'multi_label_classification': {
      const { accuracy, macroF1, samplesF1, averages, calibration } = report;
      return { accuracy, macroF1, microF1: averages.micro.f1, samplesF1, loss, ece: calibration.ece };
    }
    default: {
      const { accuracy, macroF1, calibration } = report;
      return { accuracy, macroF1, loss, ...(calibration ? { ece: calibration.ece } : {}) };
    }
  }
}

/** The report with so few misread examples that it can stand in `metrics.jsonl`: the surest of them, in file order. */
export function loggedReport(report: EvaluationReport): EvaluationReport {
  if (report.problemType === 'regression') return { ...report, furthest: report.furthest.slice(0, LOGGED_MISREAD) };
  return { ...report, misread: surest(report.misread) };
}

function surest(misread: readonly MisreadExample[]): MisreadExample[] {
  const order = misread.map((_, i) => i).sort((a, b) => misread[b]!.score - misread[a]!.score || a - b);
  const kept = new Set(order.slice(0, LOGGED_MISREAD));
  return misread.filter((_, i) => kept.has(i));
}

function predictionsOf(
  { problemType, temperature }: OutputMeaning,
  texts: readonly LabelledText[],
  logits: readonly ArrayLike<number>[],
): Predictions {
  const line = texts.map((text) => text.line);
  const label = texts.map((text) => text.label);
  switch (problemType) {
    case 'single_label_classification': {
      const rows = logits.map((row) => softmax(row, temperature));
      const predicted = rows.map((row) => argmax(row));
      return { line, label, predicted, score: rows.map((row, i) => row[predicted[i]!]!) };
    }
    case 'multi_label_classification': {
      const guessed = (row: Float64Array) => [...row.keys()].filter((id) => row[id]! >= THRESHOLD);
      const predicted = logits.map((row) => guessed(sigmoid(row, temperature)));
      return { line, label: texts.map(({ labels = [] }) => [...labels]), predicted, score: null };
    }
    case 'regression':
      return { line, label, predicted: logits.map((row) => row[0]!), score: null };
  }
}

/** Of names and not ids, so that models that number their classes otherwise can be compared. */
function examplesHash(names: readonly string[], texts: readonly LabelledText[]): string {
  const hash = createHash('sha256');
  for (const { text, second, label, labels } of texts) {
    const truth = labels ? labels.map((id) => names[id]).sort() : (names[label] ?? label);
    hash.update(`${JSON.stringify([text, second ?? null, truth])}\n`);
  }
  return hash.digest('hex');
}
