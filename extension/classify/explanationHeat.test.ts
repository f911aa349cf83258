import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { blended, contrast, manifestColors, THEMES, type ThemeKind } from '../../test/support/contrast.js';
import type { Explanation } from '../../trainer-core/protocol/explanation.js';
import { heatColors, heatMarkdown, heatStretches } from './explanationHeat.js';

const TEXT = '九回 ホームラン🎉が*';
const explanation = (...weights: (number | null)[]): Explanation => ({
  method: 'occlusion',
  label: 'スポーツ',
  logOdds: 2,
  baseline: 0,
  gap: 0,
  words: ['九回', 'ホームラン', '🎉', 'が', '*'].map((text, i) => {
    const start = TEXT.indexOf(text);
    return { text, start, end: start + text.length, weight: weights[i] ?? null };
  }),
});
const headings = { word: 'Word', adds: 'Adds', more: (count: number) => `and ${count} more` };

describe('heatStretches', () => {
  it('finds words where they stand, over the end of a line and in the middle of one', () => {
    // 九回 ends one line, ホームラン🎉が* goes on in the line after the next; the word 🎉 is cut by the end of the selection.
    const places = [
      { start: 0, end: 2, line: 0, character: 7 },
      { start: 3, end: 10, line: 2, character: 2 },
    ];
    assert.deepEqual(heatStretches(explanation(3, -2, 1, 0.1), places), [
      { line: 0, from: 7, to: 9, step: 3 },
      { line: 2, from: 2, to: 7, step: -2 },
      { line: 2, from: 7, to: 9, step: 1 },
    ]);
    const over = { ...explanation(), words: [{ text: '回 ホ', start: 1, end: 4, weight: -1 }] };
    assert.deepEqual(heatStretches(over, places), [
      { line: 0, from: 8, to: 9, step: -3 },
      { line: 2, from: 2, to: 3, step: -3 },
    ]);
  });
});

describe('heatMarkdown', () => {
  it('has the text on its heat and the words by strength, whatever they hold', () => {
    const markdown = heatMarkdown(TEXT, explanation(0.5, 1.5, -1, 0), headings);
    assert.deepEqual(markdown.split('\n'), [
      '<span style="background-color:var(--vscode-distilbertStudio-heatFor1);">九回</span> ' +
        '<span style="background-color:var(--vscode-distilbertStudio-heatFor3);"><strong>ホームラン</strong></span>' +
        '<span style="background-color:var(--vscode-distilbertStudio-heatAgainst2);">🎉</span>が&#42;',
      '',
      '| Word | Adds | |',
      '|---|--:|---|',
      '| ホームラン | +1.50 | ████████ |',
      '| 🎉 | −1.00 | ░░░░░ |',
      '| 九回 | +0.50 | ███ |',
      '',
      'and 1 more',
    ]);
    const hostile = { ...explanation(), words: [{ text: '<b>|[x](command:y)', start: 0, end: 18, weight: 1 }] };
    assert.doesNotMatch(
      heatMarkdown('<b>|[x](command:y)', hostile, headings).replace(/<\/?(span|strong)[^>]*>/g, ''),
      /[<[(]|d:/,
    );
  });

  it('is cut when it is long, and says so', () => {
    const words = Array.from({ length: 400 }, (_, i) => ({ text: '語', start: 2 * i, end: 2 * i + 1, weight: i }));
    const lines = heatMarkdown('語 '.repeat(400), { ...explanation(), words }, headings).split('\n');
    assert.ok(lines[0]!.endsWith('…'));
    assert.equal(lines.at(-1), 'and 388 more');
  });
});

describe('heatColors', () => {
  const colors = new Map(manifestColors('distilbertStudio.heat').map(({ id, defaults }) => [id, defaults]));
  const steps = [-3, -2, -1, 1, 2, 3];

  it('leave the text readable in every kind of theme, and are clear in high contrast', () => {
    assert.equal(colors.size, 8);
    for (const fill of steps.map((step) => heatColors(step).fill)) {
      for (const [kind, { background, text, least }] of Object.entries(THEMES)) {
        const color = colors.get(fill)![kind as ThemeKind];
        const got = contrast(text, blended(color, background));
        assert.ok(got >= least, `text on ${fill} in ${kind}: ${got.toFixed(2)}`);
        assert.equal(color.endsWith('00'), kind.startsWith('highContrast'), `${fill} in ${kind}`);
      }
    }
  });

  it('have lines that can be seen on every background (WCAG 2.1, 1.4.11)', () => {
    for (const line of [heatColors(-1).line, heatColors(1).line]) {
      for (const [kind, { background }] of Object.entries(THEMES)) {
        const got = contrast(colors.get(line)![kind as ThemeKind], background);
        assert.ok(got >= 3, `${line} in ${kind}: ${got.toFixed(2)}`);
      }
    }
  });
});
