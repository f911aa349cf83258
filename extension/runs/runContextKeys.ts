/** The context keys that menus and commands of package.json depend on. */

import * as vscode from 'vscode';
import { isResumable, isRunning } from './runActions.js';
import type { RunStore } from './runStore.js';

/** Keeps them true to `runs`. */
export function setRunContextKeys(runs: RunStore): vscode.Disposable {
  const last = new Map<string, boolean>();
  const set = (key: string, value: boolean) => {
    if ((last.get(key) ?? false) === value) return;
    last.set(key, value);
    void vscode.commands.executeCommand('setContext', `distilbertStudio.${key}`, value);
  };
  return runs.onDidChange(() => {
    set('hasRuns', runs.runs.length > 0);
    set('canStop', runs.runs.some(isRunning));
    set('canResume', runs.runs.some(isResumable));
    set('canCompare', runs.runs.length > 1);
  });
}
