/** Explanations as one HTML page that needs nothing else: the text on its heat, and the strongest words as a table. */
import { heatStep, mostTelling, signed, strongest } from '../protocol/heat.js';
import type { Explained } from './explainer.js';

const TABLE_WORDS = 20;

/** Fill and line by theme; where the system forces colours, fills go and the lines stay, solid for and dashed against. */
const STYLE = `
:root { color-scheme: light dark; --for: 247 103 7; --against: 28 126 214; }
body { font: 16px/1.8 system-ui, sans-serif; max-width: 50em; margin: 2em auto; padding: 0 1em; }
h2 { font-size: 1em; margin: 2.5em 0 0.5em; }
mark { color: inherit; border-bottom: 0 solid rgb(var(--for)); background: none; }
.for1 { background: rgb(var(--for) / 15%); border-bottom-width: 1px; }
.for2 { background: rgb(var(--for) / 30%); border-bottom-width: 2px; }
.for3 { background: rgb(var(--for) / 50%); border-bottom-width: 3px; }
.against1, .against2, .against3 { border-bottom: 1px dashed rgb(var(--against)); }
.against1 { background: rgb(var(--against) / 15%); }
.against2 { background: rgb(var(--against) / 30%); border-bottom-width: 2px; }
.against3 { background: rgb(var(--against) / 50%); border-bottom-width: 3px; }
td, th { padding: 0 1em 0 0; text-align: left; font-weight: normal; }
td:nth-child(2) { text-align: right; font-variant-numeric: tabular-nums; }
thead th { font-weight: bold; }
`;

/** What the page says besides the texts. */
export interface PageWords {
  /** The page's language, such as `en`. */
  language: string;
  title: string;
  word: string;
  adds(label: string): string;
  more(count: string): string;
}

/** What comes before the texts. */
export function pageStart({ language, title }: PageWords): string {
  const head = `<meta charset="utf-8"><title>${escaped(title)}</title><style>${STYLE}</style>`;
  return `<!DOCTYPE html>\n<html lang="${language}"><head>${head}</head><body>\n<h1>${escaped(title)}</h1>\n`;
}

/** A text of the page; `score` is how its score is written. */
export function pageText(text: string, { label, explanation }: Explained, score: string, words: PageWords): string {
  const { shown, left } = mostTelling(explanation.words, TABLE_WORDS);
  const rows = shown.map(
    (word) => `<tr><th scope="row">${escaped(word.text)}</th><td>${signed(word.weight)}</td></tr>\n`,
  );
  const head = `<tr><th scope="col">${escaped(words.word)}</th><th scope="col">${escaped(words.adds(explanation.label))}</th></tr>`;
  return [
    `<h2>${escaped(label)} ${escaped(score)}</h2>\n<p>${heatOf(text, explanation.words)}</p>\n`,
    shown.length === 0 ? '' : `<table><thead>${head}</thead><tbody>\n${rows.join('')}</tbody></table>\n`,
    left === 0 ? '' : `<p>${escaped(words.more(String(left)))}</p>\n`,
  ].join('');
}

/** What comes after them. */
export const PAGE_END = '</body></html>\n';

function heatOf(text: string, words: Explained['explanation']['words']): string {
  const most = strongest(words);
  let [html, at] = ['', 0];
  for (const { start, end, weight } of words) {
    const step = heatStep(weight, most);
    const word = escaped(text.slice(start, end));
    const side = step > 0 ? 'for' : 'against';
    html += escaped(text.slice(at, start));
    html += step === 0 ? word : `<mark class="${side}${Math.abs(step)}" title="${signed(weight ?? 0)}">${word}</mark>`;
    at = end;
  }
  return html + escaped(text.slice(at));
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
