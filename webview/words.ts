/** A page's words in the user's language: the extension puts its translations into the page. */

import { PAGE_WORDS_ID } from '../trainer-core/protocol/pageWords.js';

const translations: Record<string, string> = JSON.parse(document.getElementById(PAGE_WORDS_ID)?.textContent || '{}');

/** The user's words for an English text, which must be a literal; `{0}`, `{1}` … stand for `values`. */
export function t(english: string, ...values: readonly (string | number)[]): string {
  return (translations[english] ?? english).replace(/\{(\d+)\}/g, (_, index) => String(values[Number(index)] ?? ''));
}
