/** How far a job is, in words for a progress notification. */

import * as vscode from 'vscode';
import type { JobProgress } from '../trainer-core/protocol/jobs.js';
import { sizeText } from './sizeText.js';

/** `45 %, 1.2 MB/s, 0:32 left`, as much of it as is known; before there is any progress, what is being done. */
export function jobProgressText({ phase, done, total, unit, rate, secondsLeft }: JobProgress): string {
  if (phase === 'loading') return vscode.l10n.t('Loading the model…');
  const language = vscode.env.language;
  const amount = (value: number) =>
    unit === 'bytes' ? sizeText(value, language) : value.toLocaleString(language, { maximumFractionDigits: 1 });
  const parts = [total ? (done / total).toLocaleString(language, { style: 'percent' }) : amount(done)];
  if (rate !== null) parts.push(`${amount(rate)}/s`);
  if (secondsLeft !== null) parts.push(vscode.l10n.t('{0} left', clock(secondsLeft)));
  return parts.join(', ');
}

/** Seconds as `h:mm:ss` or `m:ss`. */
function clock(seconds: number): string {
  const whole = Math.ceil(seconds);
  const two = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  const left = two(whole % 60);
  return minutes < 60 ? `${minutes}:${left}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${left}`;
}
