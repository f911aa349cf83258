/** Which runs have ended since they were last seen running. */

import type { RunSummary } from '../../trainer-core/protocol/dashboardMessages.js';

/** Runs whose folders are gone are not waited for without end. */
const MOST_EXPECTED = 100;

/**
 * From the folders of runs whose end is still to be told, and the runs as they are now: those that have ended, and the folders to
 * remember until next time.
 */
export function endedRuns(
  expected: readonly string[],
  runs: readonly RunSummary[],
): { ended: RunSummary[]; expected: string[] } {
  const ended = runs.filter(({ folder, status }) => status !== 'running' && expected.includes(folder));
  const running = runs.filter(({ status }) => status === 'running').map(({ folder }) => folder);
  // A run that is not in the list may only not have been read yet.
  const waiting = expected.filter((folder) => !ended.some((run) => run.folder === folder));
  return { ended, expected: [...new Set([...waiting, ...running])].slice(-MOST_EXPECTED) };
}
