/** The words of a text as they are shown in it: where each stands, whole characters only, and which pieces it was read as. */
import type { Tokenization } from '../tokenizer/tokenizer.js';

/** A word, or several that come from the same characters. */
export interface TextUnit {
  /** As it stands in the text. */
  text: string;
  /** UTF-16 code units of the text, `end` not in it. */
  start: number;
  end: number;
  /** Its pieces, by their number in the text, `lastPiece` in it. */
  firstPiece: number;
  lastPiece: number;
}

/** The first code unit of each character as a reader counts them (UAX #29), and the end of the text. */
function characterStarts(text: string): Set<number> {
  const segments = new Intl.Segmenter('ja', { granularity: 'grapheme' }).segment(text);
  return new Set([...Array.from(segments, ({ index }) => index), text.length]);
}

/**
 * The words of a text that have pieces, in its order; they never overlap. Words that NFKC made of one character (㍿) and words that
 * meet within one (an emoji of several code points) are one unit.
 */
export function textUnits(
  text: string,
  { offsets, wordIndex }: Pick<Tokenization, 'offsets' | 'wordIndex'>,
): TextUnit[] {
  const starts = characterStarts(text);
  const units: TextUnit[] = [];
  offsets.forEach(({ start, end }, piece) => {
    let [from, to] = [start, end];
    while (!starts.has(from)) from--;
    while (!starts.has(to)) to++;
    const last = units.at(-1);
    if (last && (wordIndex[piece] === wordIndex[piece - 1] || from < last.end)) {
      last.end = Math.max(last.end, to);
      last.lastPiece = piece;
    } else units.push({ text: '', start: from, end: to, firstPiece: piece, lastPiece: piece });
  });
  for (const unit of units) unit.text = text.slice(unit.start, unit.end);
  return units;
}
