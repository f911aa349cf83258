/** One uPlot: draws curves within a range of steps in as many points as it has pixels, and tells where the pointer is. */

import uPlot from 'uplot';
import { decimate } from '../../trainer-core/charts/decimate.js';
import type { Series } from '../../trainer-core/charts/series.js';
import { linearTicks, logTicks } from '../../trainer-core/charts/ticks.js';
import { valueRange } from '../../trainer-core/charts/valueRange.js';
import { tickLabel } from '../format.js';
import type { SeriesKey } from '../metrics/metricsHistory.js';
import type { Theme } from '../theme.js';

/** A line to draw. */
export interface PlotLine {
  series: Series;
  color: string;
  dash: readonly number[];
  /** Behind the others, as noise that was smoothed away. */
  faint: boolean;
}

/** Everything that a drawing depends on. */
export interface PlotContent {
  lines: readonly PlotLine[];
  /** First and last step. */
  range: readonly [number, number];
  logScale: boolean;
  /** What is drawn, for the axis's labels. */
  unit: SeriesKey;
  /** In CSS pixels. */
  width: number;
  height: number;
  theme: Theme;
}

/** What the user does to it. Steps need not be whole. */
export interface PlotEvents {
  zoomed(from: number, to: number): void;
  reset(): void;
  /** Null: the pointer is gone. */
  pointed(step: number | null): void;
}

/** Curves of few points show them, because a line cannot be drawn through one. */
const POINTS_SHOWN = 60;
const X_TICK_PIXELS = 72;
const Y_TICK_PIXELS = 34;

/** Lives in `host`, which it fills. */
export class Plot {
  readonly #host: HTMLElement;
  readonly #events: PlotEvents;
  #plot: uPlot | undefined;
  #content: PlotContent | undefined;
  #look = '';
  #yRange: [number, number] = [0, 1];

  constructor(host: HTMLElement, events: PlotEvents) {
    this.#host = host;
    this.#events = events;
  }

  /** Lowest and highest value in sight, with the room around them. */
  get yRange(): readonly [number, number] {
    return this.#yRange;
  }

  /** Draws at once. */
  draw(content: PlotContent): void {
    this.#content = content;
    const { lines, range, logScale, width, height, theme } = content;
    const columns = Math.max(50, Math.round(width));
    const aligned = decimate(
      lines.map(({ series }) => series),
      ...range,
      columns,
    );
    const dense = aligned.steps.length > 2 * columns;
    if (logScale)
      aligned.curves = aligned.curves.map((curve) =>
        curve.map((value) => (value && value > 0 ? value : nullOf(value))),
      );
    this.#yRange = valueRange(aligned.curves, logScale);
    const data: uPlot.AlignedData = [aligned.steps, ...aligned.curves];
    const look = JSON.stringify([
      dense,
      lines.map(({ color, dash, faint }) => [color, dash, faint]),
      logScale,
      theme,
      content.unit,
    ]);
    if (!this.#plot || look !== this.#look) {
      this.#plot?.destroy();
      this.#plot = new uPlot(this.#options(content, dense), data, this.#host);
      this.#look = look;
      return;
    }
    const plot = this.#plot;
    plot.batch(() => {
      if (plot.width !== width || plot.height !== height) plot.setSize({ width, height });
      plot.setData(data);
    });
  }

  /** Puts the cursor at a step, or takes it away. Tells nobody. */
  point(step: number | null): void {
    const plot = this.#plot;
    if (!plot) return;
    const left = step === null ? -10 : plot.valToPos(step, 'x');
    plot.setCursor({ left, top: step === null ? -10 : plot.over.clientHeight / 2 }, false);
  }

  destroy(): void {
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  #options({ lines, logScale, unit, width, height, theme }: PlotContent, dense: boolean): uPlot.Options {
    const font = `11px ${theme.fontFamily}`;
    const keepAll = (_plot: uPlot, splits: number[]) => splits;
    const axis = {
      stroke: theme.muted,
      font,
      filter: keepAll,
      grid: { stroke: theme.grid, width: 1, filter: keepAll },
      ticks: { show: false },
    };
    const measure = document.createElement('canvas').getContext('2d')!;
    measure.font = font;
    return {
      width,
      height,
      legend: { show: false },
      padding: [8, 18, 0, 0],
      scales: {
        x: { time: false, range: () => [...this.#content!.range] },
        y: { distr: logScale ? 3 : 1, range: () => [...this.#yRange] },
      },
      axes: [
        {
          ...axis,
          size: 24,
          gap: 6,
          splits: (plot, _axis, min, max) => linearTicks(min, max, plot.width / X_TICK_PIXELS).filter(Number.isInteger),
          values: (_plot, splits) => splits.map((step) => tickLabel('step', step)),
        },
        {
          ...axis,
          gap: 6,
          size: (_plot, values) =>
            10 + Math.ceil(Math.max(0, ...(values ?? []).map((value) => measure.measureText(value).width))),
          splits: (_plot, _axis, min, max) => (logScale ? logTicks : linearTicks)(min, max, height / Y_TICK_PIXELS),
          values: (_plot, splits) => splits.map((value) => tickLabel(unit, value)),
        },
      ],
      series: [
        {},
        ...lines.map(
          ({ color, dash, faint }): uPlot.Series => ({
            stroke: color,
            dash: faint ? [] : [...dash],
            // Where a line goes up and down in every pixel, a wide one costs twice the time and shows no more.
            width: faint || dense ? 1 : 1.5,
            alpha: faint ? 0.3 : 1,
            ...(faint ? { class: 'faint' } : {}),
            points: {
              show: (plot, at) =>
                !faint &&
                (plot.data[at] as (number | null | undefined)[]).filter((value) => typeof value === 'number').length <=
                  POINTS_SHOWN,
              size: 4,
              fill: color,
            },
          }),
        ),
      ],
      cursor: {
        y: false,
        drag: { x: true, y: false, setScale: false, dist: 4 },
        points: { size: 7, width: 2, fill: theme.background },
        bind: {
          dblclick: () => () => {
            this.#events.reset();
            return null;
          },
        },
      },
      hooks: {
        setCursor: [
          (plot) => {
            const left = plot.cursor.left ?? -1;
            this.#events.pointed(left < 0 ? null : plot.posToVal(left, 'x'));
          },
        ],
        setSelect: [
          (plot) => {
            const { left, width: selected } = plot.select;
            if (selected > 0) this.#events.zoomed(plot.posToVal(left, 'x'), plot.posToVal(left + selected, 'x'));
            plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          },
        ],
      },
    };
  }
}

/** What cannot be on a logarithmic scale breaks the line; what was no point stays none. */
function nullOf(value: number | null | undefined): null | undefined {
  return value === undefined ? undefined : null;
}
