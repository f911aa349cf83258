/** How far a job is, in words for a progress notification. */

import * as vscode from 'vscode';
import type { JobProgress, Unpacker } from '../trainer-core/protocol/jobs.js';
import { sizeText } from './sizeText.js';

/** `45 %, 1.2 MB/s, 0:32 left`, as much of it as is known; before there is any progress, what is being done. */
export function jobProgressText(progress: JobProgress): string {
  const { phase, done, total, unit, rate, secondsLeft } = progress;
  if (phase === 'loading') return vscode.l10n.t('Loading the model…');
  const language = vscode.env.language;
  const amount = (value: number) =>
    unit === 'bytes' ? sizeText(value, language) : value.toLocaleString(language, { maximumFractionDigits: 1 });
  const parts = [total ? (done / total).toLocaleString(language, { style: 'percent' }) : amount(done)];
  if (rate !== null) parts.push(`${amount(rate)}/s`);
  parts.push(...corpusParts(progress, language));
  if (secondsLeft !== null) parts.push(vscode.l10n.t('{0} left', clock(secondsLeft)));
  const words = parts.join(', ');
  return phase === 'deduplicating' ? vscode.l10n.t('Leaving out duplicates: {0}', words) : words;
}

/** What a corpus has by now, and what unpacks its input. */
function corpusParts({ documents, tokensPerSecond, unpackedBy }: JobProgress, language: string): string[] {
  const whole = (value: number) => value.toLocaleString(language, { maximumFractionDigits: 0 });
  const parts: string[] = [];
  if (documents !== undefined) parts.push(vscode.l10n.t('{0} documents', whole(documents)));
  if (typeof tokensPerSecond === 'number') parts.push(vscode.l10n.t('{0} tokens/s', whole(tokensPerSecond)));
  const unpacked = unpackedBy && unpackedWords(unpackedBy);
  if (unpacked !== undefined) parts.push(unpacked);
  return parts;
}

/** Nothing where there is no choice in it. */
function unpackedWords(unpacker: Unpacker): string | undefined {
  switch (unpacker) {
    case 'none':
    case 'zlib':
      return undefined;
    case 'threads':
      return vscode.l10n.t('unpacked in several threads');
    case 'inProcess':
      return vscode.l10n.t('unpacked in one thread');
    default:
      return vscode.l10n.t('unpacked by {0}', unpacker);
  }
}

/** Seconds as `h:mm:ss` or `m:ss`. */
function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  const left = two(whole % 60);
  return minutes < 60 ? `${minutes}:${left}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${left}`;
}
