/** What an answer looks like: its label and colour, or those of an unsure one. */

import * as vscode from 'vscode';
import { sureLabel } from '../../trainer-core/protocol/classification.js';
import type { Classification } from '../api.js';
import { labelText } from './classificationWords.js';
import { labelColor } from './labelColors.js';

/** The label, or that there is none, and the probability. */
export function shownLabel(answer: Classification, threshold: number | null): string {
  return labelText(answer, vscode.env.language, { threshold, unsure: vscode.l10n.t('unsure') });
}

/** The theme colour. */
export function shownColor(answer: Classification, threshold: number | null): string {
  const isSure = sureLabel(answer, threshold) !== null;
  return isSure ? labelColor(answer.label, Object.keys(answer.scores)) : 'descriptionForeground';
}
