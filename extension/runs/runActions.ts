/** What can be done to which run, and which runs a command was given. */

import type { RunSummary } from '../../trainer-core/protocol/dashboardMessages.js';

/** What must be true of a run for a command to apply to it. */
export type Applies = (run: RunSummary) => boolean;

export const isRunning: Applies = ({ status }) => status === 'running';
export const hasEnded: Applies = ({ status }) => status !== 'running';
/** It ended before its end. */
export const isResumable: Applies = ({ status }) => status !== 'running' && status !== 'finished';
export const isAny: Applies = () => true;

/** The words that the menus of package.json look for. */
export function contextValue(run: RunSummary): string {
  if (isRunning(run)) return 'run running';
  return isResumable(run) ? 'run resumable ended' : 'run ended';
}

/**
 * The folders in a command's arguments: a folder, a list of them, or what a tree gives (the run clicked and all that are selected,
 * each known by its folder). None when the command came from the palette.
 */
export function givenFolders(first: unknown, selected: unknown): string[] {
  const all = [selected, first].find((some) => Array.isArray(some) && some.length > 0) ?? [first];
  return [...new Set((all as unknown[]).filter((one) => typeof one === 'string'))];
}
