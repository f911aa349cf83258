/** Which charts there are and which curves are in each, for the runs that are shown. */

import { LOSS_NAMES } from '../../trainer-core/protocol/events.js';
import { SERIES_KEYS, type SeriesKey } from '../metrics/metricsHistory.js';

/** A curve of a run. `style` picks its colour and dashes. */
export interface CurvePlan {
  folder: string;
  key: SeriesKey;
  style: number;
}

/** A chart: curves over steps that share a unit, that of `keys[0]`. */
export interface ChartPlan {
  id: 'losses' | 'scores' | SeriesKey;
  /** All that it could show; those that are switched off are not in `curves`. */
  keys: readonly SeriesKey[];
  curves: readonly CurvePlan[];
  /** Alone in a row, beside another one, or small beside two. */
  size: 'large' | 'half' | 'small';
}

const LOSSES: readonly SeriesKey[] = ['total', ...LOSS_NAMES, 'devLoss'];
const SCORES: readonly SeriesKey[] = ['accuracy', 'macroF1', 'agreement'];
/** What the trainer tells of itself and its machine. Always shown: these charts are small, and no run has others. */
export const TRAINER: readonly SeriesKey[] = [
  'learningRate',
  'tokensPerSecond',
  'memoryBytes',
  'deviceMemoryBytes',
  'deviceUtilization',
];
/** From one sample to the next they jump, so that smoothing helps. */
const SMOOTHED_OF_TRAINER: readonly SeriesKey[] = ['tokensPerSecond', 'deviceUtilization'];

/**
 * One run: its losses in one chart, its scores in another, curve by curve in different styles. Several runs: a chart for each
 * kind of value with the runs in different styles, because losses of several runs in one chart cannot be told apart.
 */
export function planCharts(
  runs: readonly { folder: string; keys: ReadonlySet<SeriesKey> }[],
  hidden: ReadonlySet<SeriesKey>,
): ChartPlan[] {
  const known = new Set(SERIES_KEYS.filter((key) => runs.some(({ keys }) => keys.has(key))));
  const [only] = runs;
  if (only && runs.length === 1) {
    const together = (id: 'losses' | 'scores', all: readonly SeriesKey[]): ChartPlan[] => {
      const keys = all.filter((key) => known.has(key));
      const curves = keys
        .filter((key) => !hidden.has(key))
        .map((key) => ({ folder: only.folder, key, style: keys.indexOf(key) }));
      return keys.length > 0 ? [{ id, keys, curves, size: 'large' }] : [];
    };
    return [...together('losses', LOSSES), ...together('scores', SCORES), ...apart(TRAINER, 'small')];
  }
  return [
    ...apart(
      [...LOSSES, ...SCORES].filter((key) => !hidden.has(key)),
      'half',
    ),
    ...apart(TRAINER, 'small'),
  ];

  function apart(keys: readonly SeriesKey[], size: 'half' | 'small'): ChartPlan[] {
    return keys
      .filter((key) => known.has(key))
      .map((key) => ({
        id: key,
        keys: [key],
        curves: runs.flatMap((run, style) => (run.keys.has(key) ? [{ folder: run.folder, key, style }] : [])),
        size,
      }));
  }
}

/** Noisy from step to step, so that smoothing helps: scores on dev and what the trainer sets itself are not. */
export function isSmoothed(key: SeriesKey): boolean {
  return (LOSSES.includes(key) && key !== 'devLoss') || SMOOTHED_OF_TRAINER.includes(key);
}
