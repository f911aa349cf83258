import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contrast, parseColor } from '../../webview/color.js';
import type { MetricsRecord } from '../checkpoint/metricsLog.js';
import { cardFigures } from './cardFigures.js';

const step = (globalStep: number, losses: Record<string, number>) =>
  ({ type: 'step', globalStep, losses }) as MetricsRecord;
const dev = (globalStep: number, metrics: Record<string, number>) =>
  ({ type: 'evaluated', split: 'dev', globalStep, metrics }) as MetricsRecord;
const texts = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text);
/** Points of the thick lines below the legend, by colour. */
const lines = (svg: string) =>
  [...svg.matchAll(/<polyline fill="none" stroke="(#\w+)" stroke-width="2"[^>]* points="([^"]+)"/g)].map(
    ([, color, points]) => [color, (points as string).split(' ').length],
  );

test('losses by part with those on dev; scores in a figure of their own', () => {
  const records = [
    { type: 'started', globalStep: 0 } as MetricsRecord,
    step(1, { total: 8, mlm: 3 }),
    step(2, { total: 7, mlm: 2.5 }),
    dev(2, { loss: 3, accuracy: 0.5, perplexity: 20 }),
    step(3, { total: 6, mlm: 2 }),
    dev(3, { loss: 2.5, accuracy: 0.75, perplexity: 12 }),
    { ...dev(3, { loss: 9, accuracy: 0.1 }), split: 'test' },
  ];
  const figures = cardFigures(records);
  assert.deepEqual(
    figures.map(({ file, title }) => [file, title]),
    [
      ['losses.svg', 'Losses'],
      ['scores.svg', 'Scores on the development set'],
    ],
  );
  const [losses, scores] = figures.map(({ svg }) => svg) as [string, string];
  for (const name of ['total', 'mlm', 'validation loss']) assert.ok(texts(losses).includes(name), name);
  // A line in the legend for each, then the curves.
  assert.deepEqual(
    lines(losses).map(([, points]) => points),
    [2, 2, 2, 3, 3, 2],
  );
  assert.ok(texts(scores).includes('accuracy'));
  assert.ok(!texts(scores).includes('perplexity'));
});

test('a run without metrics has no figures; one step is a dot', () => {
  assert.deepEqual(cardFigures([]), []);
  const [figure, ...more] = cardFigures([step(10, { total: 2 })]);
  assert.deepEqual(more, []);
  assert.match(figure?.svg ?? '', /<circle /);
  assert.doesNotMatch(figure?.svg ?? '', /NaN|Infinity|undefined/);
});

test('zeros are drawn, on a linear scale', () => {
  const [figure] = cardFigures([step(1, { total: 1 }), step(2, { total: 0 })]);
  assert.ok(texts(figure?.svg ?? '').includes('0'));
  assert.deepEqual(lines(figure?.svg ?? '').at(-1)?.[1], 2);
});

test('it can be read on any page: an opaque background, and everything in sight of it', () => {
  const [figure] = cardFigures([
    step(1, { total: 8, ce: 1, mlm: 2, clm: 3, mse: 4, cos: 5, h: 6, a: 7 }),
    step(2, { total: 7 }),
  ]);
  const svg = figure?.svg ?? '';
  const background = /<rect width="100%" height="100%" fill="(#\w+)"/.exec(svg)?.[1] as string;
  const inks = new Set(
    [...svg.matchAll(/<(?:polyline|text)[^>]*(?:stroke|fill)="(#\w+)"/g)].map(([, color]) => color as string),
  );
  assert.ok(inks.size >= 10);
  const faint = [...inks].filter((color) => contrast(parseColor(color), parseColor(background)) < 4.5);
  // Only the lines of the grid.
  assert.deepEqual(faint, ['#e1e4e8']);
});
