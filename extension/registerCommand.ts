/** How our commands are registered. */

import * as vscode from 'vscode';
import { errorMessage } from './errorMessages.js';

/** Registers `distilbertStudio.NAME`; what `run` throws is shown to the user as a sentence with the next step. */
export function registerCommand(name: string, run: (...args: never[]) => unknown): vscode.Disposable {
  return vscode.commands.registerCommand(`distilbertStudio.${name}`, async (...args: never[]) => {
    try {
      return await run(...args);
    } catch (error) {
      // What the user called off needs no words.
      if (error instanceof vscode.CancellationError) return undefined;
      void vscode.window.showErrorMessage(errorMessage(error));
      return undefined;
    }
  });
}
