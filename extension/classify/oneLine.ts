/** Texts as the classifier's process takes them. */

/** The classifier reads a line as one text. */
export function oneLine(text: string): string {
  return text.replace(/\s*[\r\n\u2028\u2029]+\s*/g, ' ');
}
