/** A confusion matrix as a picture: truth in rows, guesses in columns, shaded by the share of the row. */
import type { Figure, Shape } from './figure.js';
import { PAPER, paperWidth } from './paper.js';

const MARGIN = 24;
/** Cells with their counts, and where there are many classes without. */
const [CELL, SMALL_CELL, MOST_LARGE] = [44, 12, 30];
const LABEL_WIDTH = 260;

/** `confusion[truth][guess]`: counts. Columns have the numbers that stand before the rows' labels. */
export function confusionFigure(
  title: string,
  labels: readonly string[],
  confusion: readonly (readonly number[])[],
): Figure {
  const large = labels.length <= MOST_LARGE;
  const cell = large ? CELL : SMALL_CELL;
  const names = labels.map((label, id) => `${fitted(label)}  ${id + 1}`);
  const left = MARGIN + Math.max(0, ...names.map(paperWidth)) + 10;
  const top = MARGIN + 60;
  const shapes: Shape[] = [];
  const text = (
    at: readonly [number, number],
    words: string,
    options: Partial<Extract<Shape, { kind: 'text' }>> = {},
  ) =>
    shapes.push({
      kind: 'text',
      color: PAPER.muted,
      size: 12,
      bold: false,
      align: 'middle',
      at,
      text: words,
      ...options,
    });
  text([MARGIN, MARGIN + 14], title, { color: PAPER.foreground, size: 16, bold: true, align: 'start' });
  confusion.forEach((row, truth) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    const y = top + truth * cell;
    if (large) {
      text([left - 10, y + cell / 2 + 4], names[truth]!, { color: PAPER.foreground, align: 'end' });
      text([left + truth * cell + cell / 2, top - 8], String(truth + 1));
    }
    row.forEach((count, guess) => {
      const share = total === 0 ? 0 : count / total;
      const x = left + guess * cell;
      shapes.push({ kind: 'rectangle', color: shade(share), at: [x, y], width: cell - 1, height: cell - 1 });
      const color = share > 0.7 ? PAPER.background : count === 0 ? PAPER.muted : PAPER.foreground;
      if (large) text([x + cell / 2, y + cell / 2 + 4], String(count), { color, bold: truth === guess });
    });
  });
  const size = cell * labels.length;
  return {
    width: Math.ceil(Math.max(left + size, MARGIN + 9 * title.length) + MARGIN),
    height: top + size + MARGIN,
    background: PAPER.background,
    fontFamily: PAPER.fontFamily,
    shapes,
  };
}

/** From nearly white to a blue on which white can be read. */
function shade(share: number): string {
  const from = [0xf3, 0xf5, 0xf8];
  const to = [0x05, 0x50, 0xae];
  return `#${from
    .map((low, i) =>
      Math.round(low + (to[i]! - low) * share)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}

function fitted(label: string): string {
  if (paperWidth(label) <= LABEL_WIDTH) return label;
  let kept = label;
  while (paperWidth(`${kept}…`) > LABEL_WIDTH) kept = kept.slice(0, -1);
  return `${kept}…`;
}
