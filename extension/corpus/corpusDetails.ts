/** What a list says of a corpus beside its name. */

import * as vscode from 'vscode';
import { compact } from '../start/estimateFigures.js';
import type { CorpusSummary } from './corpusFolder.js';

/** `821K tokens · 7,197 sequences of at most 128`. */
export function corpusDetails({ sequences, tokens, maxSeqLength }: CorpusSummary): string {
  const { language } = vscode.env;
  const parts = [
    vscode.l10n.t('{0} tokens', compact(tokens, language)),
    vscode.l10n.t('{0} sequences of at most {1}', sequences.toLocaleString(language), maxSeqLength),
  ];
  return parts.join(' · ');
}
