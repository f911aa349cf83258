import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClassificationReport } from '../protocol/report.js';
import { confusionTable, reportText } from './tables.js';
import { displayWidth } from './width.js';

function report(labels: readonly string[]): ClassificationReport {
  return {
    accuracy: 0.875,
    macroF1: 0.8612,
    loss: 0.4321,
    classes: labels.map((label) => ({ label, precision: 1, recall: 0.5, f1: 2 / 3, support: 120 })),
    confusion: labels.map((_, i) => labels.map((_, j) => (i === j ? 100 : j === 0 ? i : 0))),
    misread: [],
  };
}

const LIVEDOOR = [
  ...['dokujo-tsushin', 'it-life-hack', 'kaden-channel', 'livedoor-homme'],
  ...['movie-enter', 'peachy', 'smax', 'sports-watch', 'topic-news'],
];

test('nine classes fit into 80 columns, in both languages', () => {
  for (const language of ['en', 'ja'] as const) {
    const text = reportText(report(LIVEDOOR), language);
    for (const line of text.split('\n')) assert.ok(displayWidth(line) <= 80, line);
    assert.match(text, /87\.5 %[\s\S]*86\.1 %/);
    assert.match(text, /b it-life-hack +1 +100 +·/);
  }
});

test('columns stand under each other with Japanese labels', () => {
  const [, head, ...rows] = confusionTable(report(['独女通信', 'IT', '映画エンター']), 'ja');
  assert.equal(head?.trimEnd().length, displayWidth(head ?? ''));
  for (const row of rows) assert.equal(displayWidth(row), displayWidth(head ?? ''));
});

test('a matrix too wide for 80 columns gives way to the most frequent confusions', () => {
  const many = report(Array.from({ length: 30 }, (_, i) => `とても長い名前のラベル その ${i}`));
  const lines = confusionTable(many, 'en');
  assert.equal(lines.length, 11);
  assert.match(lines[1]!, /^ {4}29 {2}.* → /);
  for (const line of lines) assert.ok(displayWidth(line) <= 80, line);
});
