import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { LabelledExample } from './labelledExample.js';
import { labelKey } from './repeats.js';
import { stratifiedSplit } from './stratifiedSplit.js';
import { textKey } from './textKey.js';

const example = (text: string, label: number, labels?: number[]): LabelledExample => {
  return { file: 'data.tsv', line: 1, text, second: null, label, ...(labels ? { labels } : {}) };
};

/** Examples of as many classes as there are counts. */
const counted = (counts: readonly number[]) =>
  counts.flatMap((count, label) => Array.from({ length: count }, (_, i) => example(`文${label}-${i}`, label)));

const countOf = (examples: readonly LabelledExample[], label: number) =>
  examples.filter((e) => e.label === label).length;
const split = (examples: readonly LabelledExample[], part = 0.1, seed = 1) =>
  stratifiedSplit(examples, 'single_label_classification', part, seed);

test('of each class the same part is held out, within one example; none is lost, doubled or moved', () => {
  const counts = fc.array(fc.integer({ min: 2, max: 60 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(counts, fc.double({ min: 0.01, max: 0.99, noNaN: true }), fc.nat(), (sizes, part, seed) => {
      const examples = counted(sizes);
      const { train, dev } = split(examples, part, seed);
      assert.deepEqual(new Set([...train, ...dev]), new Set(examples));
      assert.equal(train.length + dev.length, examples.length);
      for (const set of [train, dev]) {
        const places = set.map((e) => examples.indexOf(e));
        assert.deepEqual(
          places,
          [...places].sort((a, b) => a - b),
        );
      }
      sizes.forEach((size, label) => {
        assert.ok(Math.abs(countOf(dev, label) - size * part) <= 1, `${countOf(dev, label)} of ${size}, ${part}`);
        assert.ok(countOf(dev, label) >= 1 && countOf(train, label) >= 1);
      });
    }),
  );
});

test('which examples follows from seed and texts, not from the order of the file', () => {
  const examples = counted([30, 20, 7]);
  const texts = ({ dev }: { dev: LabelledExample[] }) => dev.map(({ text }) => text).sort();
  const one = texts(split(examples));
  assert.deepEqual(texts(split(examples)), one);
  assert.deepEqual(texts(split([...examples].reverse())), one);
  assert.notDeepEqual(texts(split(examples, 0.1, 2)), one);
  // A text more changes nothing for the other classes.
  assert.deepEqual(
    texts(split([...examples, example('別', 3), example('他', 3)])).filter((text) => /-/.test(text)),
    one,
  );
});

test('a class with one example stays in training; the same text is not on both sides', () => {
  const { train, dev } = split(counted([10, 1]), 0.5);
  assert.deepEqual([countOf(train, 1), countOf(dev, 1), dev.length], [1, 0, 5]);
  const doubled = counted([10]).flatMap((e) => [e, { ...e, text: ` ${e.text.normalize('NFKD')}　` }]);
  const held = split(doubled, 0.3);
  assert.equal(held.dev.length, 6);
  const keys = new Set(held.dev.map(textKey));
  assert.ok(held.train.every((e) => !keys.has(textKey(e))));
});

test('several labels are split by their combination, and rare ones together; numbers all together', () => {
  const several = [
    ...Array.from({ length: 10 }, (_, i) => example(`甲${i}`, 0, [0, 1])),
    ...Array.from({ length: 10 }, (_, i) => example(`乙${i}`, 1, [1])),
    ...Array.from({ length: 10 }, (_, i) => example(`丙${i}`, i, [i, 20 + i])),
  ];
  const { dev } = stratifiedSplit(several, 'multi_label_classification', 0.2, 1);
  const kinds = dev.map((e) => (labelKey(e) === '0,1' ? 'both' : labelKey(e) === '1' ? 'one' : 'rare'));
  assert.deepEqual(kinds, ['both', 'both', 'one', 'one', 'rare', 'rare']);
  const numbers = Array.from({ length: 10 }, (_, i) => example(`数${i}`, i / 3));
  assert.equal(stratifiedSplit(numbers, 'regression', 0.2, 1).dev.length, 2);
});
