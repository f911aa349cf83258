/** A line as what a classifier takes. */
import type { TextInput } from '../corpus/encodeTexts.js';

/** The whole line, or with `pairs` what stands before and after its first tab; a line without one is a text alone. */
export function lineInput(line: string, pairs: boolean): TextInput {
  const tab = pairs ? line.indexOf('\t') : -1;
  return tab < 0 ? line : { text: line.slice(0, tab), second: line.slice(tab + 1) };
}
