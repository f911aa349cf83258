/** One chart in the page: title, legend with the values at the cursor, and the plot or its table. */

import { DASHES } from '../../trainer-core/charts/curveStyles.js';
import { element, setChildren, setText } from '../element.js';
import { integer, seriesValue } from '../format.js';
import type { SeriesKey } from '../metrics/metricsHistory.js';
import { nearestStep, stepBeyond, valueAt } from '../metrics/readOut.js';
import { seriesName } from '../names.js';
import { currentTheme } from '../theme.js';
import { t } from '../words.js';
import type { ChartContent } from './chartContent.js';
import { chartTable } from './chartTable.js';
import { copyChart, saveChart } from './exportChart.js';
import { Plot } from './plot.js';
import { swatch } from './swatch.js';

/** What the user does to a chart that concerns the others, too. */
export interface ChartActions {
  zoom(range: readonly [number, number] | null): void;
  /** Null: nothing is pointed at. `announce`: say the values, because the keyboard moved the cursor. */
  point(step: number | null, from: Chart, announce: boolean): void;
  toggle(key: SeriesKey): void;
}

const HEIGHTS = { large: 240, half: 200, small: 140 };
/** Zooming by key keeps this part of the range. */
const ZOOM_FACTOR = 0.5;
/** Arrow keys with Shift go this many pixels. */
const LEAP_PIXELS = 40;

/** Made once a chart, then updated. */
export class Chart {
  readonly element: HTMLElement;
  readonly #actions: ChartActions;
  readonly #title = element('h3');
  readonly #legend = element('div', { class: 'legend' });
  readonly #host: HTMLElement;
  readonly #table = element('div', { hidden: true });
  readonly #plot: Plot;
  readonly #legendItems = new Map<string, { item: HTMLElement; value: HTMLElement }>();
  #content!: ChartContent;
  #runName = '';
  #drawn = '';
  #step: number | null = null;

  constructor(actions: ChartActions) {
    this.#actions = actions;
    this.#host = element('div', {
      class: 'plot',
      tabindex: 0,
      role: 'application',
      'aria-roledescription': t('chart'),
      keydown: (event) => this.#keyPressed(event as KeyboardEvent),
      blur: () => actions.point(null, this, false),
    });
    this.#plot = new Plot(this.#host, {
      zoomed: (from, to) => actions.zoom([from, to]),
      reset: () => actions.zoom(null),
      pointed: (at) => actions.point(at === null ? null : this.#nearest(at), this, false),
    });
    const tool = (label: string, about: string, run: () => void) =>
      element('button', { class: 'tool', type: 'button', title: about, 'aria-label': about, click: run }, label);
    this.element = element(
      'section',
      { class: 'chart' },
      element(
        'div',
        { class: 'chart-head' },
        this.#title,
        element(
          'div',
          { class: 'tools' },
          tool('CSV', t('Copy as CSV'), () => copyChart(this.#content)),
          tool('PNG', t('Save as PNG'), () => saveChart(this.#content, this.#plot.yRange, 'png', this.#runName)),
          tool('SVG', t('Save as SVG'), () => saveChart(this.#content, this.#plot.yRange, 'svg', this.#runName)),
        ),
      ),
      this.#legend,
      this.#host,
      this.#table,
    );
  }

  /**
   * Brings it up to date; draws only if something has changed.
   * @param dataKey changes when the curves' values do
   */
  update(content: ChartContent, asTable: boolean, dataKey: string, runName: string): void {
    this.#content = content;
    this.#runName = runName;
    const { plan, title, range, logScale } = content;
    setText(this.#title, title);
    this.element.className = `chart ${plan.size}`;
    this.element.setAttribute('aria-label', title);
    const steps = [integer(Math.ceil(range[0])), integer(Math.floor(range[1]))] as const;
    const about = t(
      '{0}, steps {1} to {2}. Arrow keys read values, plus and minus zoom, Escape shows all.',
      title,
      ...steps,
    );
    if (this.#host.getAttribute('aria-label') !== about) this.#host.setAttribute('aria-label', about);
    this.#host.hidden = asTable;
    this.#table.hidden = !asTable;
    const width = this.#host.clientWidth;
    const drawn = JSON.stringify([
      dataKey,
      plan.curves,
      range,
      logScale,
      asTable,
      width,
      currentTheme().background,
      currentTheme().curves,
    ]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#updateLegend();
    if (asTable) this.#table.replaceChildren(chartTable(content));
    else if (width > 0) this.#draw(width);
  }

  /** Shows the values at a step, or the last ones for null. */
  point(step: number | null, byPlot: boolean): void {
    this.#step = step;
    if (!byPlot) this.#plot.point(step);
    this.#showValues();
  }

  /** The values at a step in words. */
  describe(step: number): string {
    const values = this.#content.curves.map(
      ({ key, name, shown }) => `${name} ${seriesValue(key, valueAt(shown, step))}`,
    );
    return [t('Step {0}', integer(step)), ...values].join(', ');
  }

  destroy(): void {
    this.#plot.destroy();
  }

  #draw(width: number): void {
    const { plan, curves, range, logScale } = this.#content;
    const theme = currentTheme();
    const line = (style: number) => ({
      color: theme.curves[style % theme.curves.length]!,
      dash: DASHES[style % DASHES.length]!,
    });
    this.#plot.draw({
      lines: [
        ...curves
          .filter(({ raw, shown }) => raw !== shown)
          .map(({ raw, style }) => ({ series: raw, ...line(style), faint: true })),
        ...curves.map(({ shown, style }) => ({ series: shown, ...line(style), faint: false })),
      ],
      range,
      logScale,
      unit: plan.keys[0]!,
      width,
      height: HEIGHTS[plan.size],
      theme,
    });
    if (this.#step !== null) this.#plot.point(this.#step);
  }

  #updateLegend(): void {
    const { plan, curves } = this.#content;
    const toggles = plan.keys.length > 1;
    const entries = toggles
      ? plan.keys.map((key, at) => ({
          id: key,
          name: seriesName(key),
          style: curves.find((curve) => curve.key === key)?.style ?? at,
          key,
        }))
      : curves.map(({ name, style, key }) => ({ id: name, name, style, key }));
    const items = entries.map(({ id, name, style, key }) => {
      const known = this.#legendItems.get(`${id}/${style}`);
      const entry = known ?? this.#legendItem(name, style, toggles ? key : undefined, toggles || curves.length > 1);
      this.#legendItems.set(`${id}/${style}`, entry);
      if (toggles) entry.item.setAttribute('aria-pressed', String(curves.some((curve) => curve.key === key)));
      return entry.item;
    });
    setChildren(this.#legend, items);
    this.#showValues();
  }

  #legendItem(name: string, style: number, toggles: SeriesKey | undefined, named: boolean) {
    const value = element('span', { class: 'value' });
    const parts = [swatch(style), named ? element('span', { class: 'name' }, name) : null, value];
    const item = toggles
      ? element(
          'button',
          {
            type: 'button',
            class: 'legend-item',
            title: t('Show or hide'),
            click: () => this.#actions.toggle(toggles),
          },
          ...parts,
        )
      : element('span', { class: 'legend-item', title: name }, ...parts);
    return { item, value };
  }

  #showValues(): void {
    const { plan, curves } = this.#content;
    for (const [id, { value }] of this.#legendItems) {
      const curve = curves.find(({ key, name, style }) => id === `${plan.keys.length > 1 ? key : name}/${style}`);
      const step = this.#step ?? Math.min(this.#content.range[1], curve?.shown.steps.at(-1) ?? 0);
      setText(value, curve ? seriesValue(curve.key, valueAt(curve.shown, step)) : '');
    }
  }

  #nearest(at: number): number | null {
    const step = nearestStep(
      this.#content.curves.map(({ shown }) => shown),
      at,
    );
    return Number.isNaN(step) ? null : step;
  }

  #keyPressed(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { curves, range } = this.#content;
    const series = curves.map(({ shown }) => shown);
    const pixel = (range[1] - range[0]) / Math.max(1, this.#host.clientWidth);
    const go = (direction: 1 | -1) => {
      const from = this.#step ?? (direction === 1 ? range[0] - pixel : range[1] + pixel);
      const least = Math.max(1e-6, event.shiftKey ? LEAP_PIXELS * pixel : pixel);
      const step = stepBeyond(series, from, direction, least);
      return step >= range[0] && step <= range[1] ? step : this.#nearest(direction === 1 ? range[1] : range[0]);
    };
    const moves: Record<string, () => number | null> = {
      ArrowRight: () => go(1),
      ArrowLeft: () => go(-1),
      Home: () => this.#nearest(range[0]),
      End: () => this.#nearest(range[1]),
    };
    const zooms: Record<string, () => readonly [number, number] | null> = {
      '+': () => this.#zoomed(ZOOM_FACTOR),
      '=': () => this.#zoomed(ZOOM_FACTOR),
      '-': () => this.#zoomed(1 / ZOOM_FACTOR),
      Escape: () => null,
      '0': () => null,
    };
    const move = moves[event.key];
    const zoom = zooms[event.key];
    if (!move && !zoom) return;
    event.preventDefault();
    if (move) this.#actions.point(move(), this, true);
    if (zoom) this.#actions.zoom(zoom());
  }

  /** The range, `factor` times as long, around the cursor. */
  #zoomed(factor: number): readonly [number, number] {
    const [min, max] = this.#content.range;
    const center = this.#step ?? (min + max) / 2;
    return [center - (center - min) * factor, center + (max - center) * factor];
  }
}
