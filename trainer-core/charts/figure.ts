/** A chart as a picture of its own: title, axes, curves and legend laid out as simple shapes, for SVG and PNG alike. */

import { decimate } from './decimate.js';
import type { Series } from './series.js';
import { linearTicks, logTicks } from './ticks.js';

/** Coordinates are in pixels from the top left. */
export type Shape =
  | { kind: 'line'; color: string; width: number; dash: readonly number[]; opacity: number; points: readonly Point[] }
  | { kind: 'dot'; color: string; at: Point }
  | { kind: 'rectangle'; color: string; at: Point; width: number; height: number }
  | {
      kind: 'text';
      color: string;
      size: number;
      bold: boolean;
      align: 'start' | 'middle' | 'end';
      at: Point;
      text: string;
    };
export type Point = readonly [x: number, y: number];

/** What a figure shows: curves within a range of steps. */
export interface FigureContent {
  title: string;
  curves: readonly FigureCurve[];
  range: readonly [number, number];
  logScale: boolean;
}

export interface FigureCurve {
  name: string;
  /** Picks its colour and dashes. */
  style: number;
  raw: Series;
  /** Smoothed; the same as `raw` unless it is. */
  shown: Series;
}

/** A picture. */
export interface Figure {
  width: number;
  height: number;
  background: string;
  fontFamily: string;
  shapes: readonly Shape[];
}

/** What the words and colours of a figure are taken from. */
export interface FigureStyle {
  background: string;
  foreground: string;
  muted: string;
  grid: string;
  fontFamily: string;
  colorOf(style: number): string;
  dashOf(style: number): readonly number[];
  tickLabel(axis: 'x' | 'y', value: number): string;
  /** Below the x axis. */
  stepLabel: string;
  /** Of a text of 12 pixels. */
  textWidth(text: string): number;
}

const WIDTH = 960;
const PLOT_HEIGHT = 400;
const MARGIN = 24;
const LEGEND_ROW = 22;
const DOTS_SHOWN = 60;

/** Lays the chart out; `yRange` is what the screen shows. */
export function layOutFigure(content: FigureContent, yRange: readonly [number, number], style: FigureStyle): Figure {
  const { title, curves, range, logScale } = content;
  const shapes: Shape[] = [];
  const text = (at: Point, words: string, options: Partial<Extract<Shape, { kind: 'text' }>> = {}) =>
    shapes.push({
      kind: 'text',
      color: style.muted,
      size: 12,
      bold: false,
      align: 'start',
      at,
      text: words,
      ...options,
    });
  const rule = (color: string, ...points: Point[]) =>
    shapes.push({ kind: 'line', color, width: 1, dash: [], opacity: 1, points });

  const yTicks = (logScale ? logTicks : linearTicks)(...yRange, 9);
  const yLabels = yTicks.map((value) => style.tickLabel('y', value));
  const left = MARGIN + 8 + Math.max(0, ...yLabels.map((label) => style.textWidth(label)));
  const right = WIDTH - MARGIN;
  text([MARGIN, MARGIN + 14], title, { color: style.foreground, size: 16, bold: true });
  const legendTop = MARGIN + 34;
  const legendRows = legend(legendTop);
  const top = legendTop + legendRows * LEGEND_ROW + 8;
  const bottom = top + PLOT_HEIGHT;

  const x = (step: number) => left + ((step - range[0]) / (range[1] - range[0])) * (right - left);
  const scaled = (value: number) => (logScale ? Math.log(value) : value);
  const [low, high] = yRange.map(scaled) as [number, number];
  const y = (value: number) => bottom - ((scaled(value) - low) / (high - low)) * (bottom - top);

  yTicks.forEach((value, index) => {
    rule(style.grid, [left, y(value)], [right, y(value)]);
    text([left - 8, y(value) + 4], yLabels[index]!, { align: 'end' });
  });
  for (const step of linearTicks(...range, 8).filter(Number.isInteger)) {
    rule(style.grid, [x(step), top], [x(step), bottom]);
    text([x(step), bottom + 18], style.tickLabel('x', step), { align: 'middle' });
  }
  rule(style.muted, [left, top], [left, bottom], [right, bottom]);
  text([(left + right) / 2, bottom + 38], style.stepLabel, { align: 'middle' });

  const smoothed = curves.filter(({ raw, shown }) => raw !== shown);
  draw(
    smoothed.map(({ raw, style: at }) => ({ series: raw, at })),
    1,
    0.3,
  );
  draw(
    curves.map(({ shown, style: at }) => ({ series: shown, at })),
    2,
    1,
  );
  return {
    width: WIDTH,
    height: bottom + 38 + MARGIN,
    background: style.background,
    fontFamily: style.fontFamily,
    shapes,
  };

  /** Gives the number of rows. */
  function legend(rowTop: number): number {
    let row = 0;
    let at = MARGIN;
    for (const { name, style: of } of curves) {
      const width = 38 + style.textWidth(name) + 20;
      if (at > MARGIN && at + width > right) {
        row++;
        at = MARGIN;
      }
      const middle = rowTop + row * LEGEND_ROW;
      const points: Point[] = [
        [at, middle],
        [at + 28, middle],
      ];
      shapes.push({ kind: 'line', color: style.colorOf(of), width: 2, dash: style.dashOf(of), opacity: 1, points });
      text([at + 36, middle + 4], name, { color: style.foreground });
      at += width;
    }
    return row + 1;
  }

  function draw(
    lines: readonly { series: (typeof curves)[number]['raw']; at: number }[],
    width: number,
    opacity: number,
  ): void {
    const { steps, curves: values } = decimate(
      lines.map(({ series }) => series),
      ...range,
      Math.round(right - left),
    );
    lines.forEach(({ at }, index) => {
      const color = style.colorOf(at);
      const dash = opacity < 1 ? [] : style.dashOf(at);
      const pieces = segments(steps, values[index]!);
      for (const piece of pieces) {
        const points = clip(piece, range).map(
          ([step, value]): Point => [x(step), Math.min(bottom, Math.max(top, y(value)))],
        );
        if (points.length > 1) shapes.push({ kind: 'line', color, width, dash, opacity, points });
      }
      const dots = pieces.flat().filter(([step]) => step >= range[0] && step <= range[1]);
      if (opacity === 1 && dots.length <= DOTS_SHOWN) {
        for (const [step, value] of dots) shapes.push({ kind: 'dot', color, at: [x(step), y(value)] });
      }
    });
  }

  /** The runs of points between gaps; what a logarithmic scale cannot show is a gap, too. */
  function segments(steps: readonly number[], values: readonly (number | null | undefined)[]): Point[][] {
    const found: Point[][] = [[]];
    values.forEach((value, index) => {
      if (value === null || (logScale && value !== undefined && value <= 0)) found.push([]);
      else if (value !== undefined) found.at(-1)!.push([steps[index]!, value]);
    });
    return found.filter((points) => points.length > 0);
  }
}

/** Cuts a line off at both ends of the range. */
function clip(points: readonly Point[], [min, max]: readonly [number, number]): Point[] {
  const cut: Point[] = [];
  points.forEach((point, index) => {
    const next = points[index + 1];
    if (point[0] >= min && point[0] <= max) cut.push(point);
    if (!next) return;
    for (const edge of [min, max]) {
      if (point[0] < edge && next[0] > edge) {
        cut.push([edge, point[1] + ((next[1] - point[1]) * (edge - point[0])) / (next[0] - point[0])]);
      }
    }
  });
  return cut;
}
