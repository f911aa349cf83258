/** A classification as text: behind a line, in a hover, as TSV. */

import { sureLabel } from '../../trainer-core/protocol/classification.js';
import { classifiedHeader, classifiedRow } from '../../trainer-core/protocol/classifiedTsv.js';
import type { Classification } from '../api.js';
import { escapeMarkdown } from './escapeMarkdown.js';

/** The longest label shown behind a line. */
const LABEL_CHARACTERS = 40;
/** The most labels shown in a hover. */
const TABLE_ROWS = 20;
const BAR_CHARACTERS = 10;

/** `0.881` → `88.1%`. */
export function percentText(score: number, language: string): string {
  const oneDigit = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  return score.toLocaleString(language, { style: 'percent', ...oneDigit });
}

/** What stands behind a line: the label, or `unsure` where its probability is below the threshold. */
export function labelText(
  answer: Classification,
  language: string,
  { threshold, unsure }: { threshold: number | null; unsure: string },
): string {
  const line = (sureLabel(answer, threshold) ?? unsure).replace(/\s+/g, ' ');
  const short = line.length > LABEL_CHARACTERS ? `${line.slice(0, LABEL_CHARACTERS - 1)}…` : line;
  return `${short} ${percentText(answer.score, language)}`;
}

/**
 * Every label's probability as a Markdown table, the likeliest first. Labels come from a model's config, so they are escaped.
 * @param words headings, and what says that labels were left out
 */
export function probabilityTable(
  { scores }: Classification,
  language: string,
  words: { label: string; probability: string; more: (count: number) => string },
): string {
  const sorted = Object.entries(scores).sort(([, a], [, b]) => b - a);
  const rows = sorted.slice(0, TABLE_ROWS).map(([label, score]) => {
    const bar = '█'.repeat(Math.round(score * BAR_CHARACTERS)).padEnd(BAR_CHARACTERS, '░');
    return `| ${escapeMarkdown(label)} | ${percentText(score, language)} | ${bar} |`;
  });
  const left = sorted.length - rows.length;
  const more = left > 0 ? ['', words.more(left)] : [];
  return [`| ${words.label} | ${words.probability} | |`, '|---|--:|---|', ...rows, ...more].join('\n');
}

/** One line a result, as `classify --input` writes them: label (empty below the threshold), score, text; tabs and line breaks become spaces. */
export function resultsTsv(answers: readonly Classification[], threshold: number | null): string {
  const options = { top: null, threshold };
  return classifiedHeader(options) + answers.map((answer) => classifiedRow(answer.text, answer, options)).join('');
}
