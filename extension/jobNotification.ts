/** Runs a job of the trainer behind a notification that shows how far it is, with a cancel button. */

import * as vscode from 'vscode';
import type { JobProgress, JobResult } from '../trainer-core/protocol/jobs.js';
import { jobProgressText } from './jobProgressText.js';
import { plainText } from './plainText.js';
import { runJob } from './trainerJob.js';

/** The result, or undefined when the user cancelled. `env` is for this process alone. Rejects with TrainerEnded. */
export async function runJobWithNotification<R extends JobResult>(
  extensionFolder: string,
  title: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<R | undefined> {
  const options = { location: vscode.ProgressLocation.Notification, title: plainText(title), cancellable: true };
  return await vscode.window.withProgress(options, (notification, token) => {
    let shown = 0;
    const show = (progress: JobProgress) => {
      const percent = progress.total ? (100 * progress.done) / progress.total : 0;
      // The bar never goes back, though each phase counts anew.
      notification.report({ message: jobProgressText(progress), increment: Math.max(0, percent - shown) });
      shown = Math.max(shown, percent);
    };
    return runJob<R>(extensionFolder, args, token, show, env);
  });
}
