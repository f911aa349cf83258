/** Takes a chart out of the dashboard: its numbers to the clipboard, its picture to a file. */

import { CURVE_STYLES, DASHES } from '../../trainer-core/charts/curveStyles.js';
import { type Figure, layOutFigure } from '../../trainer-core/charts/figure.js';
import { figureSvg } from '../../trainer-core/charts/figureSvg.js';
import { tickLabel } from '../format.js';
import { send } from '../host.js';
import { currentTheme } from '../theme.js';
import { t } from '../words.js';
import type { ChartContent } from './chartContent.js';
import { chartCsv } from './chartCsv.js';
import { figurePng } from './figureCanvas.js';

/** Puts the numbers in sight on the clipboard. */
export function copyChart(content: ChartContent): void {
  send({ type: 'copy', text: chartCsv(content) });
}

/** Has the user save the chart as it is in sight. */
export function saveChart(
  content: ChartContent,
  yRange: readonly [number, number],
  format: 'png' | 'svg',
  runName: string,
): void {
  const figure = figureOf(content, yRange);
  const base64 = format === 'png' ? figurePng(figure) : base64Of(figureSvg(figure));
  send({ type: 'savePicture', name: `${runName}-${content.plan.id}`.slice(0, 200), format, base64 });
}

function figureOf(content: ChartContent, yRange: readonly [number, number]): Figure {
  const theme = currentTheme();
  const measure = document.createElement('canvas').getContext('2d')!;
  measure.font = `12px ${theme.fontFamily}`;
  return layOutFigure(content, yRange, {
    ...theme,
    colorOf: (style) => theme.curves[style % CURVE_STYLES]!,
    dashOf: (style) => DASHES[style % CURVE_STYLES]!,
    tickLabel: (axis, value) => tickLabel(axis === 'x' ? 'step' : content.plan.keys[0]!, value),
    stepLabel: t('Step'),
    textWidth: (text) => measure.measureText(text).width,
  });
}

function base64Of(text: string): string {
  let binary = '';
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}
