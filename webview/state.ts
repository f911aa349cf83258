/** What the user chose to see; VS Code keeps it while the page is hidden, and when the window is loaded again. */

import * as z from 'zod';
import { SERIES_KEYS } from './metrics/metricsHistory.js';

/** Columns of the table of classes. */
export const CLASS_COLUMNS = ['label', 'precision', 'recall', 'f1', 'support'] as const;
export type ClassColumn = (typeof CLASS_COLUMNS)[number];

const dashboardState = z.object({
  /** Folders of the runs that are shown; the first is the main one. */
  selected: z.array(z.string()).max(8).catch([]),
  hidden: z.array(z.enum(SERIES_KEYS)).catch([]),
  /** Weight of the past, 0 (none) to 0.99. */
  smoothing: z.number().min(0).max(0.99).catch(0),
  logScale: z.boolean().catch(false),
  /** First and last step in sight; null: all. */
  zoom: z.tuple([z.number(), z.number()]).nullable().catch(null),
  asTable: z.boolean().catch(false),
  /** Which evaluation is shown; null: the last one. */
  evaluation: z
    .object({ split: z.enum(['dev', 'test']), globalStep: z.number().nullable() })
    .nullable()
    .catch(null),
  classOrder: z
    .object({ column: z.enum(CLASS_COLUMNS), descending: z.boolean() })
    .nullable()
    .catch(null),
  misreadPage: z.int().min(0).catch(0),
  calibrationOpen: z.boolean().catch(false),
  runsOpen: z.boolean().catch(true),
  settingsOpen: z.boolean().catch(false),
});
export type DashboardState = z.output<typeof dashboardState>;

/** The state in what was kept, part by part: what is missing or not understood is as at the first time. */
export function parseState(kept: unknown): DashboardState {
  return dashboardState.parse(typeof kept === 'object' && kept !== null ? kept : {});
}
