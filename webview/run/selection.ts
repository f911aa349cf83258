/** Which runs are shown. */

import type { RunSummary } from '../../trainer-core/protocol/dashboardMessages.js';

/** As many as there are styles of curves, and as the extension follows. */
export const MOST_SELECTED = 8;

/** The selection without runs that are gone; when none remains, the run that is going on, else the newest one. */
export function validSelection(selected: readonly string[], runs: readonly RunSummary[]): string[] {
  const known = selected.filter((folder) => runs.some((run) => run.folder === folder)).slice(0, MOST_SELECTED);
  if (known.length > 0) return known;
  const first = runs.find(({ status }) => status === 'running') ?? runs[0];
  return first ? [first.folder] : [];
}

/** The selection with a run added or taken away; the last one stays. */
export function toggled(selected: readonly string[], folder: string): string[] {
  if (!selected.includes(folder)) return [...selected, folder].slice(0, MOST_SELECTED);
  const rest = selected.filter((each) => each !== folder);
  return rest.length > 0 ? rest : [...selected];
}
