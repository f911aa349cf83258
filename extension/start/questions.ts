/** Questions of the multi-step inputs, in VS Code's quick pick: with back button, and entries that ask further by a dialog. */

import * as vscode from 'vscode';
import type { Moved, Place, Step } from './steps.js';

/** An entry of a question. */
export interface Choice<T> extends vscode.QuickPickItem {
  /** The answer; absent for an entry that asks further. */
  value?: T;
  /** Asks further, as a file dialog does. Resolves with undefined when nothing was chosen: the question is then asked again. */
  ask?(): Promise<T | undefined>;
}

/** What is asked. */
export interface Question<T> {
  placeholder: string;
  choices: readonly Choice<T>[] | Promise<readonly Choice<T>[]>;
  /** The answer given before, which is then preselected. */
  before?: T | undefined;
}

/** A line between groups of choices. */
export function separator(label = ''): Choice<never> {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

/** A step that asks a question, made anew each time it is shown, and hands over the answer. */
export function pickStep<T>(question: () => Question<T>, answer: (value: T) => void): Step {
  return async (place) => {
    for (;;) {
      const picked = await showPick(place, question());
      if (typeof picked === 'string') return picked;
      const value = picked.value ?? (await picked.ask?.());
      if (value === undefined) continue;
      answer(value);
      return 'next';
    }
  };
}

/** A step that is asked only where `needed` says so. */
export function stepWhere(needed: () => boolean | Promise<boolean>, step: Step): Step {
  return async (place) => ((await needed()) ? step(place) : 'skip');
}

/** Resolves with the accepted choice, or how the user left. */
async function showPick<T>(place: Place, { placeholder, choices, before }: Question<T>): Promise<Choice<T> | Moved> {
  const input = vscode.window.createQuickPick<Choice<T>>();
  Object.assign(input, { ...place, placeholder, ignoreFocusOut: true, matchOnDescription: true, busy: true });
  if (place.step > 1) input.buttons = [vscode.QuickInputButtons.Back];
  try {
    return await new Promise<Choice<T> | Moved>((resolve, reject) => {
      input.onDidTriggerButton(() => resolve('back'));
      input.onDidHide(() => resolve('cancel'));
      input.onDidAccept(() => {
        const [chosen] = input.selectedItems;
        if (chosen) resolve(chosen);
      });
      input.show();
      Promise.resolve(choices).then((items) => {
        input.items = items;
        const given = items.filter(({ value }) => value !== undefined && same(value, before));
        // An empty list would take away the first item's mark.
        if (given.length > 0) input.activeItems = given;
        input.busy = false;
      }, reject);
    });
  } finally {
    input.dispose();
  }
}

/** Answers may be lists of paths. */
function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Asks for files or folders by a dialog; the absolute paths, or undefined when the user chose none. */
export async function openPaths(options: vscode.OpenDialogOptions): Promise<string[] | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    ...options,
    ...(options.defaultUri ? {} : workspaceStart()),
  });
  return chosen?.map(({ fsPath }) => fsPath);
}

function workspaceStart(): { defaultUri?: vscode.Uri } {
  const folder = vscode.workspace.workspaceFolders?.[0];
  return folder ? { defaultUri: folder.uri } : {};
}
