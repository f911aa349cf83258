/** What an answer looks like: its label and colour, or those of an unsure one. */

import * as vscode from 'vscode';
import { sureLabel } from '../../trainer-core/protocol/classification.js';
import type { Classification } from '../api.js';
import { labelText } from './classificationWords.js';
import { labelColor } from './labelColors.js';
import { chosenThreshold } from './threshold.js';

/** The label, or that there is none, and the probability. */
export function shownLabel(answer: Classification): string {
  const options = { threshold: chosenThreshold(), unsure: vscode.l10n.t('unsure') };
  return labelText(answer, vscode.env.language, options);
}

/** The theme colour. */
export function shownColor(answer: Classification): string {
  const isSure = sureLabel(answer, chosenThreshold()) !== null;
  return isSure ? labelColor(answer.label, Object.keys(answer.scores)) : 'descriptionForeground';
}
