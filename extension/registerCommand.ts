/** How our commands are registered. */

import * as vscode from 'vscode';
import { errorMessage } from './errorMessages.js';

/** Registers `distilbertStudio.NAME`; what `run` throws is shown to the user as a sentence with the next step. */
export function registerCommand(name: string, run: (...args: never[]) => unknown): vscode.Disposable {
  return vscode.commands.registerCommand(`distilbertStudio.${name}`, async (...args: never[]) => {
    try {
      return await run(...args);
    } catch (error) {
      showCommandError(error);
      return undefined;
    }
  });
}

/** Tells what went wrong; what the user called off needs no words. */
export function showCommandError(error: unknown): void {
  if (!(error instanceof vscode.CancellationError)) void vscode.window.showErrorMessage(errorMessage(error));
}
