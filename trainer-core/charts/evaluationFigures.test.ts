import assert from 'node:assert/strict';
import { test } from 'node:test';
import { confusionFigure } from './confusionFigure.js';
import { differenceFigure } from './differenceFigure.js';
import type { Figure } from './figure.js';
import { figureSvg } from './figureSvg.js';
import { PAPER, paperWidth } from './paper.js';
import { numbersFigure, reliabilityFigure } from './squareFigure.js';

const WORDS = { title: 'Title', x: 'across', y: 'up' };
const texts = (figure: Figure) => figure.shapes.flatMap((shape) => (shape.kind === 'text' ? [shape.text] : []));

/** Every shape lies within the picture, and every number is one. */
function assertWithin(figure: Figure): void {
  for (const shape of figure.shapes) {
    const points = shape.kind === 'line' ? shape.points : [shape.at];
    const corners =
      shape.kind === 'rectangle' ? [[shape.at[0] + shape.width, shape.at[1] + shape.height] as const] : [];
    for (const [x, y] of [...points, ...corners])
      assert.ok(x >= 0 && x <= figure.width && y >= 0 && y <= figure.height, JSON.stringify(shape));
    if (shape.kind === 'rectangle') assert.ok(shape.width >= 0 && shape.height >= 0, JSON.stringify(shape));
    if (shape.kind !== 'text') continue;
    const width = (paperWidth(shape.text) * shape.size) / 12;
    const start = { start: shape.at[0], middle: shape.at[0] - width / 2, end: shape.at[0] - width }[shape.align];
    assert.ok(start >= 0 && start + width <= figure.width, JSON.stringify(shape));
  }
  assert.doesNotMatch(figureSvg(figure), /NaN|Infinity|undefined/);
}

test('a confusion matrix has a cell for each pair, its count, and labels cut to their room', () => {
  const long = 'とても長い名前のラベル'.repeat(5);
  const figure = confusionFigure(
    'Confusion',
    ['<b>', long, 'c'],
    [
      [5, 0, 1],
      [0, 0, 0],
      [2, 0, 2],
    ],
  );
  assertWithin(figure);
  assert.equal(figure.shapes.filter(({ kind }) => kind === 'rectangle').length, 9);
  const words = texts(figure);
  assert.deepEqual(words.filter((word) => /^\d$/.test(word)).length, 3 + 9);
  assert.ok(words.some((word) => word.endsWith('…  2')));
  assert.match(figureSvg(figure), /&lt;b>/);
});

test('with very many classes the cells are small and without words', () => {
  const labels = Array.from({ length: 60 }, (_, id) => `label ${id}`);
  const figure = confusionFigure(
    'Confusion',
    labels,
    labels.map((_, truth) => labels.map((__, guess) => truth + guess)),
  );
  assert.equal(texts(figure).length, 1);
  assert.ok(figure.height < 900, `${figure.height}`);
});

test('counts can be read on every shade', () => {
  const luminance = (color: string) => {
    const [r, g, b] = [1, 3, 5].map((at) => {
      const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    }) as [number, number, number];
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  for (let count = 1; count <= 20; count++) {
    const { shapes } = confusionFigure(
      '',
      ['a', 'b'],
      [
        [count, 20 - count],
        [0, 0],
      ],
    );
    const cell = shapes.find(({ kind }) => kind === 'rectangle')!;
    const word = shapes[shapes.indexOf(cell) + 1]!;
    const [low, high] = [cell, word].map(({ color }) => luminance(color)).sort((a, b) => a - b) as [number, number];
    assert.ok((high + 0.05) / (low + 0.05) > 3.8, `${count}: ${cell.color} ${word.color}`);
  }
});

test('a reliability curve has a bar and a gap for each bin that is not empty', () => {
  const bars = [
    { from: 0, to: 0.5, count: 0, confidence: 0, accuracy: 0 },
    { from: 0.5, to: 1, count: 4, confidence: 0.8, accuracy: 0.5 },
  ];
  const figure = reliabilityFigure(WORDS, bars);
  assertWithin(figure);
  assert.equal(figure.shapes.filter(({ kind }) => kind === 'rectangle').length, 1);
  assert.equal(figure.shapes.filter(({ kind }) => kind === 'dot').length, 1);
  assertWithin(reliabilityFigure(WORDS, []));
  assert.equal(figure.background, PAPER.background);
});

test('numbers are points, thinned out where there are very many; one number alone has room too', () => {
  const dots = ({ shapes }: Figure) => shapes.filter(({ kind }) => kind === 'dot').length;
  const many = Array.from({ length: 9000 }, (_, i) => Math.sin(i));
  const figure = numbersFigure(
    WORDS,
    many,
    many.map((value) => value + 0.1),
  );
  assertWithin(figure);
  assert.ok(dots(figure) >= 1800 && dots(figure) <= 2000, `${dots(figure)}`);
  for (const numbers of [[], [3], [3, 3]]) {
    assertWithin(numbersFigure(WORDS, numbers, numbers));
    assert.equal(dots(numbersFigure(WORDS, numbers, numbers)), numbers.length);
  }
});

test('differences stand on either side of zero with their ends; those of nothing are at zero', () => {
  const rows = [
    { name: 'Accuracy', difference: -0.02, low: -0.05, high: 0.01 },
    { name: 'マクロ F1', difference: 0, low: 0, high: 0 },
  ];
  const figure = differenceFigure('Differences', 'points', rows, (value) => String(100 * value));
  assertWithin(figure);
  const [first, second] = figure.shapes.flatMap((shape) => (shape.kind === 'dot' ? [shape.at[0]] : []));
  const [zero] = figure.shapes.flatMap((shape) => (shape.kind === 'line' && shape.dash.length > 0 ? shape.points : []));
  assert.ok(first! < zero![0]);
  assert.equal(second, zero![0]);
});
