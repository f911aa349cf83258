/** Pictures over a square with a diagonal: the reliability curve, and guessed against true numbers. */
import type { Figure, Point, Shape } from './figure.js';
import { ACCENT, PAPER, paperWidth } from './paper.js';
import { linearTicks } from './ticks.js';

const [MARGIN, SIDE] = [24, 400];
const BAR = '#a8cdfa';
const GAP = '#cf222e';
/** More points than that are thinned out evenly. */
const POINTS_SHOWN = 2000;

/** A bin of the reliability curve. */
export interface ReliabilityBar {
  from: number;
  to: number;
  count: number;
  confidence: number;
  accuracy: number;
}

interface Words {
  title: string;
  x: string;
  y: string;
}

/** Accuracy by confidence as bars; a line from each to the mean confidence shows the gap; the diagonal is what is promised. */
export function reliabilityFigure(words: Words, bars: readonly ReliabilityBar[]): Figure {
  return square(
    words,
    [0, 1],
    (value) => `${Math.round(100 * value)} %`,
    (at, shapes) => {
      const filled = bars.filter(({ count }) => count > 0);
      for (const { from, to, accuracy } of filled) {
        const [x, y] = at(from, accuracy);
        const [right, bottom] = at(to, 0);
        shapes.push({ kind: 'rectangle', color: BAR, at: [x + 1, y], width: right - x - 2, height: bottom - y });
      }
      for (const { confidence, accuracy } of filled) {
        const points = [at(confidence, accuracy), at(confidence, confidence)];
        shapes.push({ kind: 'line', color: GAP, width: 2, dash: [], opacity: 1, points });
        shapes.push({ kind: 'dot', color: ACCENT, at: at(confidence, accuracy) });
      }
    },
  );
}

/** Points of truth and guess. */
export function numbersFigure(words: Words, truth: readonly number[], guess: readonly number[]): Figure {
  const all = [...truth, ...guess];
  const low = all.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = all.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const range: [number, number] = high > low ? [low, high] : Number.isFinite(low) ? [low - 1, low + 1] : [0, 1];
  const every = Math.max(1, Math.ceil(truth.length / POINTS_SHOWN));
  return square(words, range, String, (at, shapes) => {
    for (let i = 0; i < truth.length; i += every)
      shapes.push({ kind: 'dot', color: ACCENT, at: at(truth[i]!, guess[i]!) });
  });
}

function square(
  { title, x: xLabel, y: yLabel }: Words,
  range: readonly [number, number],
  label: (value: number) => string,
  draw: (at: (x: number, y: number) => Point, shapes: Shape[]) => void,
): Figure {
  const shapes: Shape[] = [];
  const text = (at: Point, words: string, align: 'start' | 'middle' | 'end', bold = false) =>
    shapes.push({
      kind: 'text',
      color: bold ? PAPER.foreground : PAPER.muted,
      size: bold ? 16 : 12,
      bold,
      align,
      at,
      text: words,
    });
  const ticks = linearTicks(...range, 6);
  const left = MARGIN + 8 + Math.max(...ticks.map((tick) => paperWidth(label(tick))));
  const top = MARGIN + 60;
  const [low, high] = range;
  const at = (x: number, y: number): Point => [
    left + ((x - low) / (high - low)) * SIDE,
    top + SIDE - ((y - low) / (high - low)) * SIDE,
  ];
  const rule = (color: string, dash: number[], ...points: Point[]) =>
    shapes.push({ kind: 'line', color, width: 1, dash, opacity: 1, points });
  text([MARGIN, MARGIN + 14], title, 'start', true);
  text([MARGIN, top - 14], yLabel, 'start');
  for (const tick of ticks) {
    const [x, y] = at(tick, tick);
    rule(PAPER.grid, [], [left, y], [left + SIDE, y]);
    rule(PAPER.grid, [], [x, top], [x, top + SIDE]);
    text([left - 8, y + 4], label(tick), 'end');
    text([x, top + SIDE + 18], label(tick), 'middle');
  }
  draw(at, shapes);
  rule(PAPER.muted, [6, 4], at(low, low), at(high, high));
  rule(PAPER.muted, [], [left, top], [left, top + SIDE], [left + SIDE, top + SIDE]);
  text([left + SIDE / 2, top + SIDE + 38], xLabel, 'middle');
  return {
    width: Math.ceil(Math.max(left + SIDE, MARGIN + 9 * title.length) + MARGIN),
    height: top + SIDE + 38 + MARGIN,
    background: PAPER.background,
    fontFamily: PAPER.fontFamily,
    shapes,
  };
}
