/** The TSV of classified texts: what `classify --input` and the extension write. */

/** The first line, its end included. */
export const CLASSIFIED_HEADER = 'label\tscore\ttext\n';

/** The line of a text: its label, the label's probability (0 to 1, four decimals) and the text; without an answer the first two are empty. */
export function classifiedRow(text: string, answer: { label: string; score: number } | null): string {
  return `${cell(answer?.label ?? '')}\t${answer?.score.toFixed(4) ?? ''}\t${cell(text)}\n`;
}

/** Text that cannot be taken for the end of a cell or of a line. */
function cell(text: string): string {
  return text.replace(/[\t\r\n]/g, ' ');
}
