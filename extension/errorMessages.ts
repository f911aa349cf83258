/** Puts what went wrong in a trainer process into a sentence and the next step, in the editor's language. */

import * as vscode from 'vscode';
import { en } from '../trainer-core/messages/en.js';
import { wordsFor } from '../trainer-core/messages/format.js';
import { type ErrorCode, TrainerError } from '../trainer-core/protocol/errors.js';
import { ClassifierEnded } from './classify/classifierEnded.js';
import { displayLanguage } from './displayLanguage.js';
import { plainText } from './plainText.js';
import { TrainerEnded } from './trainerJob.js';

/** One line for an error notification. */
export function errorMessage(error: unknown): string {
  return plainText(wordsOf(error));
}

function wordsOf(error: unknown): string {
  const ended = error instanceof ClassifierEnded || error instanceof TrainerEnded ? error : undefined;
  const known = ended ? reportedError(ended.stderr) : error;
  if (known instanceof TrainerError) {
    const { message, action } = wordsFor(known, displayLanguage());
    return `${message} ${action}`;
  }
  if (ended instanceof ClassifierEnded && ended.stopped) {
    return vscode.l10n.t('The classifier was stopped before it answered, because its settings changed. Try again.');
  }
  if (ended) {
    const last = ended.stderr.trim().split('\n').at(-1) ?? '';
    return vscode.l10n.t('The trainer stopped unexpectedly. {0}', last);
  }
  return error instanceof Error ? error.message : String(error);
}

/** The error that the command line wrote as its last JSON line under `--json`; undefined if it wrote none. */
export function reportedError(stderr: string): TrainerError | undefined {
  for (const line of stderr.trim().split('\n').reverse()) {
    try {
      const { code, data } = JSON.parse(line) as { code?: unknown; data?: unknown };
      if (typeof code === 'string' && Object.hasOwn(en, code))
        return new TrainerError(code as ErrorCode, data as never);
    } catch {
      // Not the report: a warning of the engine, or part of a stack.
    }
  }
  return undefined;
}
