/** An explanation as heat: which stretch of a document has which colour, and as Markdown for a hover. */

import type { ExplainedWord, Explanation } from '../../trainer-core/protocol/explanation.js';
import { heatStep, mostTelling, signed, strongest } from '../../trainer-core/protocol/heat.js';
import { escapeMarkdown } from './escapeMarkdown.js';
import type { TextPlace } from './selectedTexts.js';

/** The longest text shown with heat in a hover, in UTF-16 code units, and the most words in its table. */
const HOVER_UNITS = 600;
const HOVER_WORDS = 12;
const BAR_CHARACTERS = 8;

/** A stretch of a line with a heat: -3 to 3, not 0. Lines count from the text's first one. */
export interface HeatStretch {
  line: number;
  from: number;
  to: number;
  step: number;
}

/** Where the words of an explained text stand in its document; those of no heat are left out. */
export function heatStretches({ words }: Explanation, places: readonly TextPlace[]): HeatStretch[] {
  const most = strongest(words);
  return words.flatMap((word) => {
    const step = heatStep(word.weight, most);
    return step === 0 ? [] : stretchesOf(word, places).map((stretch) => ({ ...stretch, step }));
  });
}

/** The parts of each line in which a word stands: it may go over a line's end. */
export function stretchesOf(
  { start, end }: Pick<ExplainedWord, 'start' | 'end'>,
  places: readonly TextPlace[],
): Omit<HeatStretch, 'step'>[] {
  return places
    .filter((place) => place.start < end && place.end > start)
    .map((place) => ({
      line: place.line,
      from: place.character + Math.max(start, place.start) - place.start,
      to: place.character + Math.min(end, place.end) - place.start,
    }));
}

/** The theme colours of a heat: the fill, by its step, and the line below. */
export function heatColors(step: number): { fill: string; line: string } {
  const line = `distilbertStudio.heat${step > 0 ? 'For' : 'Against'}`;
  return { fill: `${line}${Math.abs(step)}`, line };
}

/**
 * The text on its heat, then the strongest words as a table, the strongest first. What comes from the text or the model is escaped.
 * @param words headings: of the words, of what each adds to the log-odds, and what says that words were left out
 */
export function heatMarkdown(
  text: string,
  { words }: Explanation,
  headings: { word: string; adds: string; more: (count: number) => string },
): string {
  const most = strongest(words);
  const { shown, left } = mostTelling(words, HOVER_WORDS);
  const rows = shown.map(({ text: word, weight }) => {
    const length = most === 0 ? 0 : Math.round((BAR_CHARACTERS * Math.abs(weight)) / most);
    return `| ${escapeMarkdown(word)} | ${signed(weight)} | ${(weight < 0 ? '░' : '█').repeat(length)} |`;
  });
  const more = left > 0 ? ['', headings.more(left)] : [];
  const table = [`| ${headings.word} | ${headings.adds} | |`, '|---|--:|---|', ...rows, ...more];
  return [heatLine(text, words, most), '', ...table].join('\n');
}

/** The text with a span for each word of some heat; the strongest are bold, for themes whose fills are clear. */
function heatLine(text: string, words: readonly ExplainedWord[], most: number): string {
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, weight } of words) {
    if (end > HOVER_UNITS) break;
    parts.push(escapeMarkdown(text.slice(at, start)));
    const word = escapeMarkdown(text.slice(start, end));
    const step = heatStep(weight, most);
    const fill = `var(--vscode-${heatColors(step).fill.replace('.', '-')})`;
    const shown = Math.abs(step) === 3 ? `<strong>${word}</strong>` : word;
    parts.push(step === 0 ? word : `<span style="background-color:${fill};">${shown}</span>`);
    at = end;
  }
  const whole = words.length === 0 || (words.at(-1)?.end ?? 0) <= HOVER_UNITS;
  return parts.join('') + (whole ? escapeMarkdown(text.slice(at)) : '…');
}
