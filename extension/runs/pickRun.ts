/** Which run a command is about: what it was given, the only one there is, or what the user picks. */

import * as vscode from 'vscode';
import type { RunSummary } from '../../trainer-core/protocol/dashboardMessages.js';
import { type Applies, givenFolders } from './runActions.js';
import type { RunStore } from './runStore.js';
import { description, objectiveText } from './runText.js';

/** What a command asks when it was given no run. */
export interface Question {
  title: string;
  applies: Applies;
  /** Said when it applies to no run, or not to those given. */
  none: string;
  /** Ask even when only one run is left to choose from. */
  always?: boolean;
}

type RunPick = vscode.QuickPickItem & { run: RunSummary };

/** The runs given in a command's arguments or picked; none when the user changed their mind. Throws when it applies to none. */
export async function pickRuns(
  runs: RunStore,
  [first, selected]: readonly unknown[],
  { title, applies, none, always = false }: Question,
): Promise<RunSummary[]> {
  await runs.refresh();
  const given = givenFolders(first, selected);
  const candidates = (given.length > 0 ? given.flatMap((folder) => runs.find(folder) ?? []) : runs.runs).filter(
    applies,
  );
  if (candidates.length === 0) throw new Error(none);
  if (given.length > 0 || (candidates.length === 1 && !always)) return candidates;
  const picked = await vscode.window.showQuickPick(candidates.map(pick), { title, matchOnDescription: true });
  return picked ? [picked.run] : [];
}

/** At least two runs, those given already checked; none when the user changed their mind. */
export async function pickSeveralRuns(
  runs: RunStore,
  [first, selected]: readonly unknown[],
  title: string,
): Promise<readonly string[]> {
  await runs.refresh();
  const given = givenFolders(first, selected).filter((folder) => runs.find(folder));
  if (given.length > 1) return given;
  const input = vscode.window.createQuickPick<RunPick>();
  const items = runs.runs.map(pick);
  input.title = title;
  input.placeholder = vscode.l10n.t('Choose at least two runs.');
  input.canSelectMany = true;
  input.matchOnDescription = true;
  input.items = items;
  input.selectedItems = items.filter(({ run }) => given.includes(run.folder));
  try {
    return await new Promise((resolve) => {
      input.onDidAccept(() => {
        if (input.selectedItems.length > 1) resolve(input.selectedItems.map(({ run }) => run.folder));
      });
      input.onDidHide(() => resolve([]));
      input.show();
    });
  } finally {
    input.dispose();
  }
}

function pick(run: RunSummary): RunPick {
  return { run, label: run.name, description: description(run), detail: objectiveText(run) };
}
