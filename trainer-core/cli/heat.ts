/** Words and their weights in 80 columns: the text in colours where there are any, and the strongest words with numbers and bars. */

import type { Explained } from '../explain/explainer.js';
import type { Language } from '../messages/format.js';
import { TERMINAL } from '../messages/terminal.js';
import type { ExplainedWord } from '../protocol/explanation.js';
import { heatStep, mostTelling, needsMoreSteps, signed, strongest } from '../protocol/heat.js';
import { displayWidth, fit, padEnd, padStart, wrap } from './width.js';

const COLUMNS = 80;
/** The most words in the list. */
const ROWS = 20;
const BAR_COLUMNS = 12;
const NUMBER_COLUMNS = 8;

/** Backgrounds of the 256 colours, black on blue for words against the label, black on orange for those that speak for it. */
const AGAINST = [153, 111, 75];
const FOR = [223, 216, 208];

/** An answer and its explanation as text that ends with a line feed; `number` writes the score. */
export function explainedText(
  text: string,
  { label, score, explanation }: Explained,
  language: Language,
  { colour, number }: { colour: boolean; number: (score: number) => string },
): string {
  const words = TERMINAL[language].explanation;
  const { words: explained, logOdds, baseline, gap } = explanation;
  const unread = explained.filter(({ weight }) => weight === null).length;
  const lines = [
    `${label}  ${number(score)}`,
    ...(colour && explained.length > 0 ? ['', ...heatLines(text, explained)] : []),
    '',
    ...wrap(words.difference(explanation.label, signed(logOdds), signed(baseline)), COLUMNS),
    ...wordTable(explained, words.more),
    ...wrap(words.sum(signed(logOdds - baseline + gap), signed(logOdds - baseline)), COLUMNS),
    ...(needsMoreSteps(explanation) ? wrap(words.moreSteps, COLUMNS) : []),
    ...(unread > 0 ? wrap(words.unread(String(unread)), COLUMNS) : []),
    ...(explained.length === 0 ? wrap(words.none, COLUMNS) : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** The strongest words: number, bar to the left or right of a middle, word. */
export function wordTable(words: readonly ExplainedWord[], more: (count: string) => string): string[] {
  const most = strongest(words);
  const { shown, left: rest } = mostTelling(words, ROWS);
  const rows = shown.map(({ text, weight }) => {
    const bar = '█'.repeat(most === 0 ? 0 : Math.round((BAR_COLUMNS * Math.abs(weight)) / most));
    const bars = weight < 0 ? `${padStart(bar, BAR_COLUMNS)}│` : `${' '.repeat(BAR_COLUMNS)}│${bar}`;
    const left = `${padStart(signed(weight), NUMBER_COLUMNS)} ${padEnd(bars, 2 * BAR_COLUMNS + 1)} `;
    return left + fit(printable(text), COLUMNS - displayWidth(left));
  });
  return rest > 0 ? [...rows, more(String(rest))] : rows;
}

/** The text broken into lines, with each word on the colour of its weight. */
export function heatLines(text: string, words: readonly ExplainedWord[]): string[] {
  const most = strongest(words);
  const lines: string[] = [];
  let [line, width] = ['', 0];
  const put = (part: string, step: number) => {
    for (const piece of printable(part).match(/.{1,30}/gsu) ?? []) {
      const columns = displayWidth(piece);
      if (width + columns > COLUMNS) {
        lines.push(line);
        [line, width] = ['', 0];
      }
      line += coloured(piece, step);
      width += columns;
    }
  };
  let at = 0;
  for (const { start, end, weight } of words) {
    // What lies between words is broken anywhere.
    for (const character of text.slice(at, start)) put(character, 0);
    put(text.slice(start, end), heatStep(weight, most));
    at = end;
  }
  for (const character of text.slice(at)) put(character, 0);
  return [...lines, line];
}

function coloured(text: string, step: number): string {
  if (step === 0) return text;
  const background = (step < 0 ? AGAINST : FOR)[Math.abs(step) - 1];
  return `\x1b[38;5;16;48;5;${background}m${text}\x1b[0m`;
}

/** Control characters of a text would command the terminal. */
function printable(text: string): string {
  return text.replace(/\s/g, ' ').replace(/\p{Cc}/gu, '\ufffd');
}

/** Whether to colour, as NO_COLOR and FORCE_COLOR (no-color.org, force-color.org) and the terminal say. */
export function hasColour({ isTTY }: { isTTY?: boolean }, env: Readonly<Record<string, string | undefined>>): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0';
  return isTTY === true && env.TERM !== 'dumb';
}
