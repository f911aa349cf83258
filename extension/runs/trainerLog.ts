/** The log of a run's trainer: its last lines, and opening it where it ends. */

import { open, stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { TRAINER_LOG } from './trainerProcess.js';

const TAIL_BYTES = 16 * 1024;

/**
 * The end of the log of the run in `folder`, at most 16 KiB of whole lines; empty when there is none.
 * @param from the byte before which it is not looked at
 */
export async function logTail(folder: string, from = 0): Promise<string> {
  const handle = await open(path.join(folder, TRAINER_LOG)).catch(() => undefined);
  if (!handle) return '';
  try {
    const { size } = await handle.stat();
    const added = Math.max(0, size - from);
    const bytes = Buffer.alloc(Math.min(added, TAIL_BYTES));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, size - bytes.length);
    const text = bytes.toString('utf8', 0, bytesRead);
    return (added > TAIL_BYTES ? text.slice(text.indexOf('\n') + 1) : text).trimEnd();
  } finally {
    await handle.close();
  }
}

/** How long the log of the run in `folder` is, in bytes; 0 when there is none. */
export async function logSize(folder: string): Promise<number> {
  return (await stat(path.join(folder, TRAINER_LOG)).catch(() => undefined))?.size ?? 0;
}

/** Opens the log of the run in `folder` as a text, at its end. */
export async function showTrainerLog(folder: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(path.join(folder, TRAINER_LOG)));
  const end = document.lineAt(document.lineCount - 1).range.end;
  await vscode.window.showTextDocument(document, { preview: true, selection: new vscode.Range(end, end) });
}
