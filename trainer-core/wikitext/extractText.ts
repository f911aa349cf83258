/** A page's wikitext → its text, as MediaWiki would show it and without what is no running text. */
import type { Extraction, WikitextOptions } from './extraction.js';
import { renderPage } from './render.js';
import { tokenize } from './tokenize.js';

/** Never throws; takes time that grows with the length of `wikitext` alone. */
export function extractText(wikitext: string, options: WikitextOptions): Extraction {
  const { tokens, problems } = tokenize(wikitext);
  const paragraphs = renderPage(wikitext, tokens, options, problems);
  return { paragraphs, problems: [...problems] };
}
