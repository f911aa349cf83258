/** What a list says of a model beside its name. */

import * as vscode from 'vscode';
import { sizeText } from '../sizeText.js';
import type { Model } from './modelFolder.js';

/** `6×768 · 265.5 MB · 9 labels`: layers × hidden size, the weights' size, and what it tells apart. */
export function modelDetails({ layers, hiddenSize, sizeBytes, labels }: Model): string {
  const parts = [`${layers}×${hiddenSize}`, sizeText(sizeBytes, vscode.env.language)];
  if (labels.length > 0) parts.push(vscode.l10n.t('{0} labels', labels.length));
  return parts.join(' · ');
}
