/** What one chart shows: its curves with their values, raw and smoothed, within a range of steps. */

import type { FigureContent, FigureCurve } from '../../trainer-core/charts/figure.js';
import type { ChartPlan, CurvePlan } from './chartPlan.js';

/** A curve with a name to tell it from the others of its chart. */
export interface Curve extends CurvePlan, FigureCurve {}

/** A chart as it is to be drawn, written as a table, or exported. */
export interface ChartContent extends FigureContent {
  plan: ChartPlan;
  curves: readonly Curve[];
}
