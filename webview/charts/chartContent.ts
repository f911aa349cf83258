/** What one chart shows: its curves with their values, raw and smoothed, within a range of steps. */

import type { Series } from '../metrics/metricsHistory.js';
import type { ChartPlan, CurvePlan } from './chartPlan.js';

/** A curve with a name to tell it from the others of its chart. */
export interface Curve extends CurvePlan {
  name: string;
  raw: Series;
  /** The same as `raw` unless smoothed. */
  shown: Series;
}

/** A chart as it is to be drawn, written as a table, or exported. */
export interface ChartContent {
  plan: ChartPlan;
  title: string;
  curves: readonly Curve[];
  range: readonly [number, number];
  logScale: boolean;
}
