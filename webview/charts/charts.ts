/** All charts of the dashboard with what is set for all of them: smoothing, scale, zoom, cursor. */

import { element, setChildren, setText } from '../element.js';
import { type MetricsHistory, SERIES_KEYS, type SeriesKey } from '../metrics/metricsHistory.js';
import { SmoothedColumn } from '../metrics/smooth.js';
import { seriesName } from '../names.js';
import type { DashboardState } from '../state.js';
import { t } from '../words.js';
import { Chart } from './chart.js';
import type { Curve } from './chartContent.js';
import { type ChartPlan, isSmoothed, planCharts } from './chartPlan.js';
import { ChartToolbar } from './chartToolbar.js';

/** A run in the charts. */
export interface ChartedRun {
  folder: string;
  name: string;
  history: MetricsHistory;
}

/** How long the keyboard's cursor rests before its values are read out. */
const ANNOUNCE_AFTER_MS = 150;

/** The section of the page. `change` takes what the user sets; `redraw` is called when there is more or less room. */
export class Charts {
  readonly element: HTMLElement;
  readonly #change: (change: Partial<DashboardState>) => void;
  readonly #toolbar: ChartToolbar;
  readonly #grid = element('div', { class: 'charts-grid' });
  readonly #live = element('div', { class: 'hidden', 'aria-live': 'polite' });
  readonly #charts = new Map<string, Chart>();
  readonly #smoothed = new Map<string, SmoothedColumn>();
  #hidden: readonly SeriesKey[] = [];
  #full: readonly [number, number] = [0, 1];
  #announcing: ReturnType<typeof setTimeout> | undefined;

  constructor(change: (change: Partial<DashboardState>) => void, redraw: () => void) {
    this.#change = change;
    this.#toolbar = new ChartToolbar(change, (key) => this.#toggle(key));
    this.element = element(
      'section',
      { id: 'charts', tabindex: -1, 'aria-label': t('Charts') },
      element('h2', { class: 'hidden' }, t('Charts')),
      this.#toolbar.element,
      this.#grid,
      this.#live,
    );
    new ResizeObserver(redraw).observe(this.#grid);
  }

  /** Brings all charts up to date. */
  update(runs: readonly ChartedRun[], state: DashboardState): void {
    this.#hidden = state.hidden;
    const charted = runs.map(({ folder, history }) => ({
      folder,
      keys: new Set(SERIES_KEYS.filter((key) => history.series(key))),
    }));
    const plans = planCharts(charted, new Set(state.hidden));
    this.#full = fullRange(runs);
    const range = state.zoom ?? this.#full;
    const several = runs.length > 1;
    this.#toolbar.update(state, several ? SERIES_KEYS.filter((key) => charted.some(({ keys }) => keys.has(key))) : []);

    const byFolder = new Map(runs.map((run) => [run.folder, run]));
    const charts = plans.map((plan) => {
      const curves = plan.curves.map((curve): Curve => {
        const { name, history } = byFolder.get(curve.folder)!;
        const raw = history.series(curve.key)!;
        const values = this.#smooth(curve.folder, curve.key, raw.values, state.smoothing, history.version);
        const shown = values === raw.values ? raw : { steps: raw.steps, values };
        return { ...curve, name: several ? name : seriesName(curve.key), raw, shown };
      });
      const dataKey = JSON.stringify([
        state.smoothing,
        curves.map(({ folder, raw }) => [folder, byFolder.get(folder)!.history.version, raw.steps.length]),
      ]);
      const chart = this.#chart(plan);
      // In the page before it is drawn, because its width counts.
      if (!chart.element.isConnected) this.#grid.append(chart.element);
      chart.update(
        { plan, title: titleOf(plan), curves, range, logScale: state.logScale && plan.id !== 'scores' },
        state.asTable,
        dataKey,
        runs[0]?.name ?? '',
      );
      return chart.element;
    });
    setChildren(this.#grid, charts);
  }

  #chart(plan: ChartPlan): Chart {
    const known = this.#charts.get(plan.id);
    if (known) return known;
    const chart = new Chart({
      zoom: (range) => this.#zoom(range),
      point: (step, from, announce) => this.#point(step, from, announce),
      toggle: (key) => this.#toggle(key),
    });
    this.#charts.set(plan.id, chart);
    return chart;
  }

  #smooth(folder: string, key: SeriesKey, values: Float64Array, weight: number, version: number): Float64Array {
    if (!isSmoothed(key)) return values;
    const id = `${key} ${folder}`;
    const smoothed = this.#smoothed.get(id) ?? new SmoothedColumn();
    this.#smoothed.set(id, smoothed);
    return smoothed.update(values, weight, version);
  }

  #zoom(range: readonly [number, number] | null): void {
    const [min, max] = this.#full;
    const from = Math.max(min, range?.[0] ?? min);
    const to = Math.min(max, range?.[1] ?? max);
    // Nothing lies between two steps.
    if (to - from < 1) return;
    this.#change({ zoom: from <= min && to >= max ? null : [from, to] });
  }

  #point(step: number | null, from: Chart, announce: boolean): void {
    for (const chart of this.#charts.values()) {
      if (chart.element.isConnected) chart.point(step, chart === from && !announce);
    }
    clearTimeout(this.#announcing);
    if (announce && step !== null) {
      this.#announcing = setTimeout(() => setText(this.#live, from.describe(step)), ANNOUNCE_AFTER_MS);
    }
  }

  #toggle(key: SeriesKey): void {
    const hidden = this.#hidden.includes(key) ? this.#hidden.filter((each) => each !== key) : [...this.#hidden, key];
    this.#change({ hidden });
  }
}

function titleOf({ id }: ChartPlan): string {
  if (id === 'losses') return t('Losses');
  if (id === 'scores') return t('Scores on the development data');
  return seriesName(id);
}

/** From the first step of all runs to the last. */
function fullRange(runs: readonly ChartedRun[]): readonly [number, number] {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const { history } of runs) {
    for (const key of SERIES_KEYS) {
      const steps = history.series(key)?.steps;
      if (!steps || steps.length === 0) continue;
      min = Math.min(min, steps[0]!);
      max = Math.max(max, steps.at(-1)!);
    }
  }
  if (min > max) return [0, 1];
  return min < max ? [min, max] : [min - 1, max + 1];
}
