import assert from 'node:assert/strict';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { inputFolder } from '../../test/support/inputFiles.js';
import { testTerminal } from '../../test/support/testTerminal.js';
import { sentences, writeLanguageModel, writeTsv } from '../../test/support/tinyModels.js';
import type { DataSummary } from '../protocol/dataSummary.js';
import { runProgram } from './program.js';
import { displayWidth } from './width.js';

const { folder, write } = inputFolder('data-command');
const model = join(folder, 'base');
before(async () => {
  await writeLanguageModel(model, 'bert');
});

async function run(...argv: readonly string[]) {
  const terminal = testTerminal();
  const code = await runProgram(argv, terminal, '0');
  return { code, out: terminal.stdout.text, err: terminal.stderr.text };
}

test('data shows formats, classes, lengths and what is wrong, in 80 columns and both languages', async () => {
  const train = writeTsv(join(folder, 'train.tsv'), 60);
  const leak = sentences(60)[7]!;
  const dev = write('dev.csv', `label,text\n${leak.label},"${leak.text}"\n映画,"別の, 文"\n`);
  for (const language of ['en', 'ja']) {
    const { code, out, err } = await run(
      'data',
      '--train',
      train,
      '--dev',
      dev,
      '--model',
      model,
      '--max-seq-length',
      '50',
      '--lang',
      language,
    );
    assert.equal(code, 0, err);
    for (const line of out.split('\n')) assert.ok(displayWidth(line) <= 80 || line.includes(folder), line);
    for (const word of ['TSV', 'CSV', '映画', 'train.tsv:8', 'dev.csv:2', ' 50', '━']) {
      assert.ok(out.includes(word), `${word}: ${out}`);
    }
  }
  const json = await run('data', '--train', train, '--dev', dev, '--model', model, '--max-seq-length', '30', '--json');
  const summary = JSON.parse(json.out.trimEnd().split('\n').at(-1)!) as DataSummary;
  assert.deepEqual(
    [summary.type, summary.train.examples, summary.dev.format, summary.leaks.dev.count],
    ['data', 60, 'csv', 1],
  );
  const { cut, counts } = summary.train.lengths!;
  assert.ok(cut > 0 && cut <= 60);
  assert.equal(
    counts.reduce((a, b) => a + b, 0),
    60,
  );
});

test('data without a model, of numbers and of several classes', async () => {
  const pairs = write(
    'pairs.jsonl',
    Array.from({ length: 20 }, (_, i) => JSON.stringify({ sentence1: `文${i}`, sentence2: '猫', label: i / 4 })).join(
      '\n',
    ),
  );
  const numbers = await run('data', '--train', pairs, '--problem-type', 'regression');
  assert.equal(numbers.code, 0, numbers.err);
  for (const word of ['sentence1', 'sentence2', '18 examples', '2 examples', 'mean', '--model']) {
    assert.ok(numbers.out.includes(word), `${word}: ${numbers.out}`);
  }
  const several = write('several.tsv', '一\ta,b\n二\ta\n三\tc,a\n四\ta\n五\tb,a\n');
  const { out } = await run(
    'data',
    '--train',
    several,
    '--problem-type',
    'multi_label_classification',
    '--dev-part',
    '0.4',
  );
  assert.match(out, /several classes a text/);
  assert.match(out, /^c {2,}1 /m);
});

test('a fine-tuning says in short what it learns from, holds dev out by itself and reads long texts in windows', async () => {
  const train = writeTsv(join(folder, 'learn.tsv'), 60);
  const settings = ['--num-epochs', '1', '--batch-size', '8', '--max-seq-length', '24'];
  const windows = ['--long-texts', 'windows', '--stride', '6'];
  const argv = ['finetune', '--model', model, '--train', train, '--out', join(folder, 'run'), ...settings, ...windows];
  const { code, err } = await run(...argv);
  assert.equal(code, 0, err);
  assert.match(err, /train: 5\d examples, 3 classes, TSV, \d+\.\d % cut at 24 pieces/);
  assert.match(err, /dev: \d examples, held out of the training set/);
  // More sequences than texts.
  const sequences = Number(/([\d,]+) sequences/.exec(err)![1]!.replace(',', ''));
  assert.ok(sequences > 60, String(sequences));
  const scored = async (...flags: string[]) => {
    const argv = ['evaluate', '--model', join(folder, 'run', 'final'), '--data', train, '--json', ...flags];
    const { code: ended, out, err: said } = await run(...argv);
    assert.equal(ended, 0, said);
    return JSON.parse(out.trimEnd().split('\n').at(-1)!).report;
  };
  // The model knows how its texts were cut.
  const asTrained = await scored();
  assert.deepEqual(await scored(...windows, '--max-seq-length', '24'), asTrained);
  assert.notDeepEqual(await scored('--long-texts', 'head'), asTrained);
});

test('pairs of texts are learned by a BERT, scored from another format, and told by their tokens', async () => {
  const rows = sentences(40, 5).map(({ text, label }, i) => ({
    premise: text.slice(0, 12),
    hypothesis: text.slice(12),
    gold: label,
    id: i,
  }));
  const train = write('pairs-train.jsonl', rows.map((row) => JSON.stringify(row)).join('\n'));
  const test_ = write(
    'pairs-test.csv',
    `premise,hypothesis,gold\n${rows.map((r) => `"${r.premise}","${r.hypothesis}",${r.gold}`).join('\n')}\n`,
  );
  const columns = ['--label-column', 'gold'];
  const out = join(folder, 'pairs');
  const argv = ['--num-epochs', '1', '--batch-size', '8', '--max-seq-length', '32', '--learning-rate', '1e-3'];
  const learned = await run(
    'finetune',
    '--model',
    model,
    '--train',
    train,
    '--test',
    test_,
    ...columns,
    '--out',
    out,
    ...argv,
  );
  assert.equal(learned.code, 0, learned.err);
  assert.match(learned.err, /Also in test: \d+ texts of train/);
  const scored = await run(
    'evaluate',
    '--model',
    join(out, 'final'),
    '--data',
    test_,
    ...columns,
    '--max-seq-length',
    '32',
    '--json',
  );
  assert.equal(scored.code, 0, scored.err);
});

test('several labels a text and numbers are learned from files, with what is held out, and scored', async () => {
  const rows = sentences(40, 6).map(({ text, label }, i) => ({
    text,
    tags: i % 3 ? [label] : [label, '共通'],
    stars: text.length / 10,
  }));
  const file = write('tags.jsonl', rows.map((row) => JSON.stringify(row)).join('\n'));
  for (const [column, problem] of [
    ['tags', 'multi_label_classification'],
    ['stars', 'regression'],
  ] as const) {
    const out = join(folder, column);
    const columns = ['--label-column', column];
    const settings = ['--problem-type', problem, '--num-epochs', '1', '--batch-size', '8', '--max-seq-length', '32'];
    const learned = await run('finetune', '--model', model, '--train', file, ...columns, ...settings, '--out', out);
    assert.equal(learned.code, 0, learned.err);
    const scored = await run('evaluate', '--model', join(out, 'final'), '--data', file, ...columns);
    assert.equal(scored.code, 0, scored.err);
  }
});
