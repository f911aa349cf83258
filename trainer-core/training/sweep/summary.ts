/** The comparison of a sweep: each combination over its seeds, the best one first. */

import type { FinetuneConfig } from '../../protocol/finetuneConfig.js';
import { type Spread, spreadOf } from '../../scores/spread.js';
import type { Ended } from './sweepResult.js';
import { type Settings, shortValue, type Trial } from './trials.js';

const RANKED_BY = { 'macro-f1': 'macroF1', accuracy: 'accuracy' } as const satisfies Record<
  FinetuneConfig['metric'],
  string
>;

/** What makes one combination better than another, as the metrics call it: what makes an epoch the best, too. */
export function rankedBy({ problemType, metric }: Pick<FinetuneConfig, 'problemType' | 'metric'>) {
  return problemType === 'regression' ? 'mse' : RANKED_BY[metric];
}

/** One combination. */
export interface SummaryRow {
  name: string;
  settings: Settings;
  /** Runs that are over. */
  runs: number;
  /** Those whose loss was no number any more. */
  failed: number;
  /** Of the ranking metric; null as long as there is none, or where a run failed: such a combination is not to be relied on. */
  dev: Spread | null;
  test: Spread | null;
  /** Mean over the runs. */
  bestEpoch: number | null;
  /** Mean over the runs. */
  seconds: number | null;
}

/** What `sweep.json` holds. */
export interface SweepSummary {
  /** By which the rows are ordered. */
  metric: string;
  /** Runs that are over, and all. */
  done: number;
  total: number;
  rows: SummaryRow[];
}

/** Makes it of the runs of each combination that are over. */
export function summarize(
  metric: ReturnType<typeof rankedBy>,
  total: number,
  results: readonly { trial: Trial; ended: readonly Ended[] }[],
): SweepSummary {
  const rows = results.map(({ trial, ended }): SummaryRow => {
    const finished = ended.filter(({ status }) => status === 'finished');
    const failed = ended.length - finished.length;
    const of = (value: (run: Ended) => number | null | undefined) => {
      const values = finished.flatMap((run) => value(run) ?? []);
      return values.length === 0 ? null : spreadOf(values);
    };
    return {
      ...trial,
      runs: ended.length,
      failed,
      dev: failed > 0 ? null : of(({ dev }) => dev?.[metric]),
      test: failed > 0 ? null : of(({ test }) => test?.[metric]),
      bestEpoch: of(({ bestEpoch }) => bestEpoch)?.mean ?? null,
      seconds: of(({ seconds }) => seconds)?.mean ?? null,
    };
  });
  // Of errors the least is best.
  const sign = metric === 'mse' ? -1 : 1;
  const value = ({ dev }: SummaryRow) => (dev === null ? Number.NEGATIVE_INFINITY : sign * dev.mean);
  // Equal ones stay in the order of the config: comparing infinities by subtraction would give no number.
  rows.sort((a, b) => (value(a) === value(b) ? 0 : value(b) - value(a)));
  return { metric, done: rows.reduce((n, { runs }) => n + runs, 0), total, rows };
}

/** The columns of the comparison under `heads`, and its rows as text: settings, runs, dev, test, epoch. Test only where there is one. */
export function summaryTable(
  { rows, metric }: SweepSummary,
  heads: { runs: string; dev: string; test: string; bestEpoch: string; failed: string },
  shown: (spread: Spread) => string,
): string[][] {
  const keys = [...new Set(rows.flatMap(({ settings }) => Object.keys(settings)))];
  const hasTest = rows.some(({ test }) => test !== null);
  const cell = (spread: Spread | null) => (spread === null ? '-' : shown(spread));
  return [
    [...keys, heads.runs, `${heads.dev} ${metric}`, ...(hasTest ? [heads.test] : []), heads.bestEpoch],
    ...rows.map(({ settings, runs, failed, dev, test, bestEpoch }) => [
      ...keys.map((key) => (key in settings ? shortValue(settings[key]) : '-')),
      String(runs),
      failed > 0 ? heads.failed : cell(dev),
      ...(hasTest ? [cell(test)] : []),
      bestEpoch === null ? '-' : String(Number(bestEpoch.toFixed(1))),
    ]),
  ];
}
