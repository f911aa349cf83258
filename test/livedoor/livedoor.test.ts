import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readLivedoor } from '../../trainer-core/corpus/livedoor.js';
import { writeLanguageModel } from '../support/tinyModels.js';
import { linear, majority } from './baselines.js';
import { resultTable, spread } from './resultTable.js';
import { labelOf, splitHash, stratifiedSplit } from './split.js';

const ARCHIVE = fileURLToPath(new URL('../../../media/sample/livedoor/livedoor-sample.tar.gz', import.meta.url));

test('a split takes a tenth of each class for each of dev and test, and depends on names alone', () => {
  const names = [...readLivedoor(ARCHIVE).keys()];
  const split = stratifiedSplit(names);
  const classes = new Set(names.map(labelOf));
  for (const label of classes) {
    const count = (part: readonly string[]) => part.filter((name) => labelOf(name) === label).length;
    assert.deepEqual([split.train, split.dev, split.test].map(count), [80, 10, 10]);
  }
  assert.deepEqual(new Set([...split.train, ...split.dev, ...split.test]), new Set(names));
  assert.equal(splitHash(stratifiedSplit(names.toReversed())), splitHash(split));
  assert.notEqual(splitHash({ ...split, dev: split.test, test: split.dev }), splitHash(split));
});

const example = (text: string, label: number) => ({ file: '-', line: 1, text, second: null, label });

test('the linear baseline learns which characters tell classes apart, the other one only counts', () => {
  const examples = [
    ...Array.from({ length: 20 }, (_, i) => example(`映画を見た${i}`, 0)),
    ...Array.from({ length: 30 }, (_, i) => example(`試合に勝った${i}`, 1)),
  ];
  const [predict, guess] = [linear(examples, 2, 1), majority(examples, 2)];
  assert.deepEqual(['映画はよい', '試合は明日', ''].map(guess), [1, 1, 1]);
  assert.deepEqual(['映画はよい', '試合は明日'].map(predict), [0, 1]);
});

test('a model is fine-tuned for each seed and stands in the table; a run that is done is not done again', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'livedoor-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const model = join(folder, 'model');
  await writeLanguageModel(model, 'bert');
  const program = fileURLToPath(new URL('./livedoor.js', import.meta.url));
  const run = () =>
    spawnSync(
      process.execPath,
      [
        program,
        '--archive',
        ARCHIVE,
        '--model',
        'model',
        '--seeds',
        '2',
        '--out',
        'out',
        '--',
        '--max-steps',
        '2',
        '--max-seq-length',
        '32',
      ],
      { encoding: 'utf8', cwd: folder },
    );
  const first = run();
  assert.equal(first.status, 0, first.stderr);
  assert.match(first.stdout, /720 articles to learn from, 90 to choose by, 90 to score on/);
  assert.match(first.stdout, /\| model, fine-tuned \| 2 \| [\d.]+ ± [\d.]+ \|/);
  assert.match(first.stdout, /\| Always the commonest class \| 1 \| 11\.11 \|/);
  assert.ok(existsSync(join(folder, 'out', 'seed-2', 'final', 'model.safetensors')));
  const again = run();
  assert.equal(again.stdout, first.stdout);
  assert.doesNotMatch(again.stderr, /step/i);
});

test('the table tells means and sample standard deviations', () => {
  assert.equal(spread([0.9, 0.92, 0.94]), '92.00 ± 2.00');
  assert.equal(spread([0.9]), '90.00');
  const scores = { accuracy: 0.5, macroF1: 0.25 };
  const table = resultTable({ articles: [8, 1, 1], hash: 'ab', rows: [['one', [scores, scores]]] });
  assert.match(table, /\| one \| 2 \| 50\.00 ± 0\.00 \| 25\.00 ± 0\.00 \|/);
});
