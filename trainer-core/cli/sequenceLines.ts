/** A tokenised sequence for the eye: pieces with their ids below them, words parted by bars, and the text put together. */

import { displayWidth, padEnd } from './width.js';

/** The pieces of each word; `wordStarts[k]` is not 0 where piece `k` begins a word. */
export function wordsOf(pieces: readonly string[], wordStarts: ArrayLike<number>): string[][] {
  const words: string[][] = [];
  pieces.forEach((piece, k) => {
    if (wordStarts[k] !== 0 || words.length === 0) words.push([]);
    words.at(-1)?.push(piece);
  });
  return words;
}

/** The text of a sequence without [CLS] and [SEP], as far as pieces keep it: a space stands only between words of letters and digits. */
export function textOf(words: readonly (readonly string[])[]): string {
  let text = '';
  for (const pieces of words) {
    const word = pieces.map((piece, k) => (k > 0 ? piece.replace(/^##/, '') : piece)).join('');
    if (word === '[CLS]' || word === '[SEP]') continue;
    text += /[\p{Script=Latin}\d]$/u.test(text) && /^[\p{Script=Latin}\d]/u.test(word) ? ` ${word}` : word;
  }
  return text;
}

interface Column {
  piece: string;
  id: string;
  isStart: boolean;
}

/** Pairs of lines of at most `columns` columns, pieces above ids, an empty line between two pairs. A word is broken only where a line has no room for it. */
export function pieceLines(words: readonly (readonly string[])[], ids: ArrayLike<number>, columns: number): string[] {
  const lines: string[] = [];
  let [above, below] = ['', ''];
  const flush = () => {
    if (above !== '') lines.push(above, below.trimEnd(), '');
    [above, below] = ['', ''];
  };
  let at = 0;
  for (const word of words) {
    const cells: Column[] = word.map((piece, k) => ({ piece, id: String(ids[at++]), isStart: k === 0 }));
    const whole = cells.reduce((sum, cell) => sum + widthOf(cell) + 1, 2);
    if (displayWidth(above) + whole > columns) flush();
    for (const cell of cells) {
      if (above !== '' && displayWidth(above) + widthOf(cell) + 3 > columns) flush();
      const parted = cell.isStart ? '│ ' : above === '' ? '  ' : '';
      above += `${parted}${padEnd(cell.piece, widthOf(cell))} `;
      below += `${' '.repeat(parted.length)}${padEnd(cell.id, widthOf(cell))} `;
    }
  }
  flush();
  return lines.slice(0, -1).map((line) => line.trimEnd());
}

function widthOf({ piece, id }: Column): number {
  return Math.max(displayWidth(piece), id.length);
}
