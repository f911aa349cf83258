/** Shows what is wrong with a config, with the way to the line. */

import path from 'node:path';
import * as vscode from 'vscode';
import { TrainerError } from '../../trainer-core/protocol/errors.js';
import { concernsDevice } from '../device/deviceErrors.js';
import { errorMessage, reportedError } from '../errorMessages.js';
import { TrainerEnded } from '../trainerJob.js';

/** Tells the error; its buttons open the config where the error points, if it points into it, and where a device is missing the choice of another. */
export async function showConfigError(error: unknown, configFile: string): Promise<void> {
  const open = vscode.l10n.t('Open Config');
  const selectDevice = vscode.l10n.t('Select Device');
  const buttons = concernsDevice(knownError(error)?.code) ? [selectDevice, open] : [open];
  const chosen = await vscode.window.showErrorMessage(errorMessage(error), ...buttons);
  if (chosen === selectDevice) await vscode.commands.executeCommand('distilbertStudio.selectDevice');
  if (chosen === open) await openConfig(configFile, lineIn(error, configFile));
}

/** Opens the config with the cursor on a line, counted from 1. */
export async function openConfig(configFile: string, line: number): Promise<void> {
  const at = new vscode.Position(line - 1, 0);
  await vscode.window.showTextDocument(vscode.Uri.file(configFile), { selection: new vscode.Range(at, at) });
}

function knownError(error: unknown): TrainerError | undefined {
  const known = error instanceof TrainerEnded ? reportedError(error.stderr) : error;
  return known instanceof TrainerError ? known : undefined;
}

function lineIn(error: unknown, configFile: string): number {
  const known = knownError(error);
  if (!known) return 1;
  const { file, line } = known.data as { file?: unknown; line?: unknown };
  return typeof file === 'string' && path.resolve(file) === configFile && typeof line === 'number' ? line : 1;
}
