/** Differences with their intervals beside a line at zero, a row each. */
import type { Figure, Point, Shape } from './figure.js';
import { ACCENT, PAPER, paperWidth } from './paper.js';
import { linearTicks } from './ticks.js';

const [MARGIN, WIDTH, ROW] = [24, 420, 44];

/** A row: what differs by how much, between `low` and `high`. */
export interface Difference {
  name: string;
  difference: number;
  low: number;
  high: number;
}

/** `label` writes a number of the axis. */
export function differenceFigure(
  title: string,
  axis: string,
  rows: readonly Difference[],
  label: (value: number) => string,
): Figure {
  const ends = rows.flatMap(({ low, high, difference }) => [low, high, difference]);
  const reach = 1.1 * Math.max(0.001, ...ends.map(Math.abs));
  const left = MARGIN + Math.max(0, ...rows.map(({ name }) => paperWidth(name))) + 12;
  const top = MARGIN + 36;
  const bottom = top + ROW * rows.length;
  const x = (value: number) => left + ((value + reach) / (2 * reach)) * WIDTH;
  const shapes: Shape[] = [];
  const text = (at: Point, words: string, align: 'start' | 'middle' | 'end', color: string, bold = false) =>
    shapes.push({ kind: 'text', color, size: bold ? 16 : 12, bold, align, at, text: words });
  const line = (color: string, width: number, dash: readonly number[], ...points: Point[]) =>
    shapes.push({ kind: 'line', color, width, dash, opacity: 1, points });
  text([MARGIN, MARGIN + 14], title, 'start', PAPER.foreground, true);
  for (const tick of linearTicks(-reach, reach, 6)) {
    line(PAPER.grid, 1, [], [x(tick), top], [x(tick), bottom]);
    text([x(tick), bottom + 18], label(tick), 'middle', PAPER.muted);
  }
  line(PAPER.foreground, 1, [6, 4], [x(0), top], [x(0), bottom]);
  rows.forEach(({ name, difference, low, high }, at) => {
    const y = top + ROW * (at + 0.5);
    text([left - 12, y + 4], name, 'end', PAPER.foreground);
    line(ACCENT, 2, [], [x(low), y], [x(high), y]);
    for (const end of [low, high]) line(ACCENT, 2, [], [x(end), y - 6], [x(end), y + 6]);
    shapes.push({ kind: 'dot', color: ACCENT, at: [x(difference), y] });
  });
  text([x(0), bottom + 38], axis, 'middle', PAPER.muted);
  return {
    width: Math.ceil(Math.max(left + WIDTH, MARGIN + 9 * title.length) + MARGIN),
    height: bottom + 38 + MARGIN,
    background: PAPER.background,
    fontFamily: PAPER.fontFamily,
    shapes,
  };
}
