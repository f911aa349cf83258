/** Colours of labels: the theme colours `distilbertStudio.label1`… of the manifest. */

/** As many as the sample has classes; a classifier with more labels takes them in turn. */
export const LABEL_COLORS = 9;

/** The theme colour of a label: always the same for a label of a classifier, another one for the next label. */
export function labelColor(label: string, labels: readonly string[]): string {
  return `distilbertStudio.label${(Math.max(0, labels.indexOf(label)) % LABEL_COLORS) + 1}`;
}
