import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { labelText, probabilityTable, resultsTsv } from './classificationWords.js';

const words = { label: 'Label', probability: 'Probability', more: (count: number) => `and ${count} more` };
const answer = (scores: Record<string, number>) => {
  const [label, score] = Object.entries(scores).sort(([, a], [, b]) => b - a)[0]!;
  return { text: '一行目\tと\n二行目', label, score, scores };
};

const always = { threshold: null, unsure: 'unsure' };

describe('labelText', () => {
  it('has label and percent on one line, cut when long', () => {
    assert.equal(labelText(answer({ 'IT\nand more': 0.8808 }), 'en', always), 'IT and more 88.1%');
    assert.equal(labelText(answer({ ['x'.repeat(60)]: 1 }), 'en', always), `${'x'.repeat(39)}… 100.0%`);
  });
});

describe('a threshold', () => {
  it('withholds the label of an answer below it, and keeps the probability', () => {
    const unsure = answer({ IT: 0.55, スポーツ: 0.45 });
    assert.equal(labelText(unsure, 'en', { threshold: 0.8, unsure: 'unsure' }), 'unsure 55.0%');
    assert.equal(labelText(unsure, 'en', { threshold: 0.55, unsure: 'unsure' }), 'IT 55.0%');
    assert.equal(resultsTsv([unsure], 0.8).split('\n')[1], '\t0.5500\t一行目 と 二行目');
  });
});

describe('probabilityTable', () => {
  it('has the likeliest first, with bars', () => {
    assert.equal(
      probabilityTable(answer({ スポーツ: 0.12, IT: 0.88 }), 'en', words),
      [
        '| Label | Probability | |',
        '|---|--:|---|',
        '| IT | 88.0% | █████████░ |',
        '| スポーツ | 12.0% | █░░░░░░░░░ |',
      ].join('\n'),
    );
  });

  it('shows labels as text, whatever they hold', () => {
    const table = probabilityTable(answer({ '[a](command:b) | **c**\n<img src=d>': 1 }), 'en', words);
    const row = table.split('\n').at(-1)!;
    assert.equal(table.split('\n').length, 3);
    assert.equal(row.match(/\|/g)?.length, 4);
    assert.doesNotMatch(row, /[[\]()*<>:]/);
  });

  it('leaves out labels of which there are too many, and says so', () => {
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`label${index}`, 1 / 50]));
    const table = probabilityTable(answer(many), 'en', words).split('\n');
    assert.equal(table.filter((line) => line.includes('label')).length, 20);
    assert.equal(table.at(-1), 'and 30 more');
  });
});

describe('resultsTsv', () => {
  it('keeps a row a row', () => {
    assert.equal(
      resultsTsv([answer({ IT: 0.88, スポーツ: 0.12 })], null),
      'label\tscore\ttext\nIT\t0.8800\t一行目 と 二行目\n',
    );
  });
});
