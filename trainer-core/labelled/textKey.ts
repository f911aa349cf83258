/** When two texts are the same to a model. */
import { createHash } from 'node:crypto';
import type { LabelledExample } from './labelledExample.js';

/** The same for texts (and pairs) that differ in width (NFKC) and white space alone, which the tokenizer does not tell apart. */
export function textKey({ text, second }: Pick<LabelledExample, 'text' | 'second'>): string {
  const same = (part: string) => part.normalize('NFKC').replace(/\s+/g, ' ').trim();
  const hash = createHash('sha256').update(same(text));
  if (second !== null) hash.update('\0').update(same(second));
  return hash.digest('base64');
}
