/** The curves of a run as pictures for its model card. They bring their own background, so that they can be read on a dark page too. */

import { CURVE_STYLES, DASHES } from '../charts/curveStyles.js';
import { type FigureStyle, layOutFigure } from '../charts/figure.js';
import { figureSvg } from '../charts/figureSvg.js';
import { PAPER } from '../charts/paper.js';
import type { Series } from '../charts/series.js';
import { valueRange } from '../charts/valueRange.js';
import { isJsonObject } from '../checkpoint/json.js';
import type { MetricsRecord } from '../checkpoint/metricsLog.js';
import { CARD_FILES } from '../checkpoint/modelFolder.js';

export interface CardFigure {
  file: string;
  title: string;
  svg: string;
}

/** Each stands out from white by 4.5 at least (WCAG 2.1). */
const COLORS = ['#0969da', '#bc4c00', '#1a7f37', '#8250df', '#cf222e', '#0e7490', '#1f2328', '#9a6700'];

const STYLE: FigureStyle = {
  ...PAPER,
  colorOf: (style) => COLORS[style % CURVE_STYLES] as string,
  dashOf: (style) => DASHES[style % CURVE_STYLES] as readonly number[],
  tickLabel: (_axis, value) => (Math.abs(value) >= 10_000 ? `${value / 1000}k` : String(value)),
  stepLabel: 'Step',
  // Nothing can be measured here; the widest letters that names are made of are about this wide.
  textWidth: (text) => 7 * text.length,
};

type Curves = Map<string, Map<number, number>>;

/** The figures of a run's metrics: training losses with those on dev, and scores from 0 to 1 on dev. Without values there is none. */
export function cardFigures(records: readonly MetricsRecord[]): CardFigure[] {
  const losses: Curves = new Map();
  const scores: Curves = new Map();
  for (const record of records) {
    const { globalStep } = record;
    if (record.type === 'step') addAll(losses, record.losses, globalStep);
    if (record.type !== 'evaluated' || record.split !== 'dev' || !isJsonObject(record.metrics)) continue;
    const { loss, ...others } = record.metrics;
    addAll(losses, { 'validation loss': loss ?? null }, globalStep);
    addAll(scores, others, globalStep);
  }
  // A score that leaves 0 to 1, such as a perplexity, has another scale.
  for (const [name, curve] of scores)
    if ([...curve.values()].some((value) => value < 0 || value > 1)) scores.delete(name);
  return [
    ...figure(CARD_FILES.losses, 'Losses', losses),
    ...figure(CARD_FILES.scores, 'Scores on the development set', scores),
  ];
}

function addAll(curves: Curves, values: MetricsRecord[string] | undefined, step: number): void {
  for (const [name, value] of Object.entries(isJsonObject(values) ? values : {})) {
    if (typeof value !== 'number') continue;
    const curve = curves.get(name) ?? new Map<number, number>();
    curves.set(name, curve.set(step, value));
  }
}

function figure(file: string, title: string, curves: Curves): CardFigure[] {
  const all = [...curves].map(([name, values]) => ({ name, series: seriesOf(values) }));
  if (all.length === 0) return [];
  const values = all.map(({ series }) => [...series.values]);
  // Parts of a loss differ by orders of magnitude.
  const logScale = title === 'Losses' && values.flat().every((value) => value > 0);
  const last = Math.max(...all.map(({ series }) => series.steps.at(-1) ?? 0));
  const content = {
    title,
    range: [0, Math.max(1, last)] as const,
    logScale,
    curves: all.map(({ name, series }, style) => ({ name, style, raw: series, shown: series })),
  };
  return [{ file, title, svg: figureSvg(layOutFigure(content, valueRange(values, logScale), STYLE)) }];
}

function seriesOf(values: ReadonlyMap<number, number>): Series {
  const points = [...values].sort(([a], [b]) => a - b);
  return {
    steps: Float64Array.from(points, ([step]) => step),
    values: Float64Array.from(points, ([, value]) => value),
  };
}
