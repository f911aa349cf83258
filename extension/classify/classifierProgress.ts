/** Shows what the classifier does when it takes longer than a moment: loading the model, then how many texts are done. */

import * as vscode from 'vscode';
import { plainText } from '../plainText.js';
import type { ActiveClassifier } from './activeClassifier.js';
import type { ClassifyOptions } from './classifierProcess.js';

/** Work that ends before this is not told of. */
const DELAY_MS = 300;
const REPORT_MS = 200;

/**
 * Runs `work`, which asks the classifier for `total` texts, with a notification that can cancel it: while the model loads, by
 * ending the process, and later by sending nothing more. `what`: explaining has a process of its own, which ends by itself.
 */
export async function withClassifierProgress<T>(
  classifier: ActiveClassifier,
  total: number,
  work: (options: ClassifyOptions) => Promise<T>,
  what: 'classify' | 'explain' = 'classify',
): Promise<T> {
  const controller = new AbortController();
  const state = { done: 0, firstAnswerMs: 0 };
  const onAnswer = (done: number) => {
    state.firstAnswerMs ||= performance.now();
    state.done = done;
  };
  const running = work({ signal: controller.signal, onAnswer });
  const delay = setTimeout(() => {
    const options = { location: vscode.ProgressLocation.Notification, cancellable: true };
    void vscode.window.withProgress(options, async (progress, token) => {
      token.onCancellationRequested(() => {
        controller.abort();
        if (what === 'classify' && !classifier.warm) classifier.stop();
      });
      let shown = 0;
      const report = () => {
        const { done, firstAnswerMs } = state;
        const rate = done / ((performance.now() - firstAnswerMs) / 1000);
        const message =
          what === 'explain'
            ? explaining(done, total)
            : done === 0
              ? waiting(classifier)
              : classifying(done, total, rate);
        progress.report({ message, increment: ((done - shown) / total) * 100 });
        shown = done;
      };
      report();
      const timer = setInterval(report, REPORT_MS);
      await running.catch(() => {});
      clearInterval(timer);
    });
  }, DELAY_MS);
  try {
    return await running;
  } finally {
    clearTimeout(delay);
  }
}

function waiting(classifier: ActiveClassifier): string {
  return classifier.warm
    ? vscode.l10n.t('Classifying…')
    : vscode.l10n.t('Loading {0}…', plainText(classifier.name ?? ''));
}

function classifying(done: number, total: number, rate: number): string {
  const count = (value: number) => value.toLocaleString(vscode.env.language, { maximumFractionDigits: 0 });
  return vscode.l10n.t('Classifying: {0} of {1}, {2} texts/s', count(done), count(total), count(rate));
}

function explaining(done: number, total: number): string {
  const count = (value: number) => value.toLocaleString(vscode.env.language);
  return vscode.l10n.t('Explaining: {0} of {1}', count(done), count(total));
}
