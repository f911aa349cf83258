/** The TSV of classified texts: what `classify --input` and the extension write. */
import { type AnswerOptions, type Classification, likeliest, sureLabel } from './classification.js';

/** The first line, its end included: `label`, `score`, with `top` also `label1`, `score1` …, and `text`. */
export function classifiedHeader({ top }: AnswerOptions): string {
  const likely = Array.from({ length: top ?? 0 }, (_, i) => [`label${i + 1}`, `score${i + 1}`]);
  return row(['label', 'score', ...likely.flat(), 'text']);
}

/**
 * The line of a text: its label, the best label's probability (0 to 1, four decimals), the likeliest labels with theirs, and the text.
 * Without an answer all but the text is empty; where the classifier is unsure the label alone is.
 */
export function classifiedRow(text: string, answer: Classification | null, { top, threshold }: AnswerOptions): string {
  const likely = answer === null ? [] : likeliest(answer.scores, top ?? 0);
  const cells = Array.from({ length: top ?? 0 }, (_, i) => [likely[i]?.label ?? '', likely[i]?.score.toFixed(4) ?? '']);
  const first = answer === null ? ['', ''] : [sureLabel(answer, threshold) ?? '', answer.score.toFixed(4)];
  return row([...first, ...cells.flat(), text]);
}

/** Tabs and line ends in a cell cannot be taken for the end of one. */
function row(cells: readonly string[]): string {
  return `${cells.map((cell) => cell.replace(/[\t\r\n]/g, ' ')).join('\t')}\n`;
}
