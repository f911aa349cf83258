/** Counts as bars that fit into 80 columns. */

import { grouped, percent } from './numbers.js';
import { displayWidth, type padEnd, padStart } from './width.js';

const COLUMNS = 80;

export interface Bar {
  label: string;
  count: number;
}

/** A part as `1.3 %`; what is there but would round to nothing is not called 0. */
export function share(count: number, whole: number): string {
  if (count === 0) return percent(0);
  return count / whole < 0.0005 ? '< 0.1 %' : percent(count / whole);
}

/** A line for each: label, count, its share of `whole`, and a bar; the longest bar reaches the last column. */
export function bars(table: readonly Bar[], whole: number, padLabel: typeof padEnd): string[] {
  const most = Math.max(...table.map(({ count }) => count));
  const labels = Math.max(...table.map(({ label }) => displayWidth(label)));
  const values = displayWidth(grouped(most));
  return table.map(({ label, count }) => {
    const head = `  ${padLabel(label, labels)}  ${padStart(grouped(count), values)}  ${padStart(share(count, whole), 7)}  `;
    const columns = Math.ceil((count / most) * (COLUMNS - displayWidth(head)));
    return `${head}${'━'.repeat(columns)}`.trimEnd();
  });
}
