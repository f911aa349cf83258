/** A chart's numbers as comma-separated values (RFC 4180). */

import { lowerBound } from '../../trainer-core/charts/series.js';
import { stepsIn } from '../metrics/readOut.js';
import type { ChartContent } from './chartContent.js';

/** One row a step in sight, one column a curve, every value as it was reported; empty where there is none. */
export function chartCsv({ curves, range }: Pick<ChartContent, 'curves' | 'range'>): string {
  const series = curves.map(({ raw }) => raw);
  const places = series.map(({ steps }) => lowerBound(steps, range[0]));
  const rows = stepsIn(series, ...range).map((step) => {
    const cells = series.map(({ steps, values }, index) => {
      const at = places[index]!;
      if (steps[at] !== step) return '';
      places[index] = at + 1;
      return Number.isNaN(values[at]) ? '' : String(values[at]);
    });
    return [step, ...cells].join(',');
  });
  return `${[['step', ...curves.map(({ name }) => quoted(name))].join(','), ...rows].join('\r\n')}\r\n`;
}

/** A text in a cell of its own; one that a spreadsheet would take for a formula is marked as text. */
function quoted(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
