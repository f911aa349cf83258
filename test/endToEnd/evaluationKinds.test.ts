/** Models of several labels an example, and of numbers: from fine-tuning to `evaluate`, with the figures that they have. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { Comparison, Evaluation } from '../../trainer-core/protocol/evaluation.js';
import type { ModelEvaluated } from '../../trainer-core/protocol/jobs.js';
import type { MultiLabelReport, RegressionReport } from '../../trainer-core/protocol/report.js';
import { failureOf, start } from '../support/commandLine.js';
import { sentences, writeFinetuning } from '../support/tinyModels.js';

const folder = mkdtempSync(join(tmpdir(), 'kinds-'));
after(() => rmSync(folder, { recursive: true }));
const at = (...parts: string[]) => join(folder, ...parts);

/** Fine-tunes on sentences with these labels. */
async function fineTuned(name: string, labelOf: (text: string, label: string) => string, problemType: string) {
  const config = await writeFinetuning(folder, {
    patience: null,
    dropout: 0,
    learningRate: 5e-3,
    numEpochs: 10,
    problemType,
  });
  for (const [file, seed, count] of [
    ['train', 1, 60],
    ['dev', 2, 30],
    ['test', 3, 30],
  ] as const) {
    const rows = sentences(count, seed).map(({ text, label }) => `${text}\t${labelOf(text, label)}\n`);
    writeFileSync(at(`${file}.tsv`), rows.join(''));
  }
  const { code, err } = await start(['finetune', '--config', config, '--out', at(name), '--json']).ended;
  assert.deepEqual([code, err], [0, '']);
}

async function told<T>(...argv: string[]): Promise<T> {
  const { code, out, err } = await start([...argv, '--json']).ended;
  assert.deepEqual([code, err], [0, '']);
  return JSON.parse(out.trimEnd().split('\n').at(-1)!) as T;
}

const evaluationIn = (...parts: string[]): Evaluation =>
  JSON.parse(readFileSync(at(...parts, 'evaluation.json'), 'utf8'));

test('several labels an example', async () => {
  const place = (text: string) => (text.includes('東京') ? ',東京' : '');
  await fineTuned('several', (text, label) => `${label}${place(text)}`, 'multi_label_classification');
  const { report, predictions, labels } = evaluationIn('several', 'evaluation', 'test');
  const { accuracy, classes, misread, intervals, calibration } = report as MultiLabelReport;
  assert.ok(labels.includes('東京'));
  const rows = readFileSync(at('test.tsv'), 'utf8').split('\n');
  (predictions.label as number[][]).forEach((ids, i) => {
    const truth = rows[predictions.line[i]! - 1]!.split('\t')[1]!.split(',');
    assert.deepEqual(new Set(ids.map((id) => labels[id])), new Set(truth));
  });
  assert.equal(
    classes.find(({ label }) => label === '東京')?.support,
    rows.filter((row) => row.endsWith('東京')).length,
  );
  assert.ok(Math.abs(accuracy - (1 - misread.length / 30)) < 1e-12);
  assert.ok(intervals!.intervals.samplesF1);
  assert.equal(
    calibration.bins.reduce((sum, { count }) => sum + count, 0),
    30 * labels.length,
  );
  assert.deepEqual(readdirSync(at('several', 'evaluation', 'test')).sort(), [
    'evaluation.json',
    'evaluation.md',
    'reliability.svg',
  ]);
  const scored = await told<ModelEvaluated>(
    ...['evaluate', '--model', at('several', 'final'), '--data', at('test.tsv'), '--calibrate'],
  );
  assert.equal((scored.report as MultiLabelReport).accuracy, accuracy);
  assert.ok(scored.report.loss < report.loss);
  const { comparison } = await told<{ comparison: Comparison }>('evaluate', '--compare', at('several'), at('several'));
  assert.equal(comparison.accuracy.first, accuracy);
  assert.ok(Math.abs(comparison.macroF1.first - (report as MultiLabelReport).macroF1) < 1e-12);
});

test('numbers', async () => {
  await fineTuned('numbers', (text) => (text.length / 10).toFixed(1), 'regression');
  const { report, predictions } = evaluationIn('numbers', 'evaluation', 'test');
  const { mse, mae, r2, furthest, intervals } = report as RegressionReport;
  const errors = (predictions.label as number[]).map((truth, i) => truth - (predictions.predicted[i] as number));
  assert.ok(Math.abs(mse - errors.reduce((sum, error) => sum + error * error, 0) / 30) < 1e-9);
  assert.ok(Math.abs(mae - errors.reduce((sum, error) => sum + Math.abs(error), 0) / 30) < 1e-9);
  assert.equal(Math.abs(furthest[0]!.truth - furthest[0]!.predicted), Math.max(...errors.map(Math.abs)));
  assert.ok(r2! < 1 && intervals!.intervals.r2);
  assert.match(readFileSync(at('numbers', 'evaluation', 'test', 'numbers.svg'), 'utf8'), /<circle /);
  const scored = await told<ModelEvaluated>('evaluate', '--model', at('numbers', 'final'), '--data', at('test.tsv'));
  assert.ok(Math.abs((scored.report as RegressionReport).mse - mse) < 1e-5 * mse);
  const refused = ['evaluate', '--model', at('numbers', 'final'), '--data', at('test.tsv'), '--calibrate'];
  assert.equal((await failureOf(...refused)).code, 'regressionHasNoClasses');
  assert.equal((await failureOf('evaluate', '--compare', at('numbers'), at('numbers'))).code, 'regressionHasNoClasses');
  const settings = ['--config', at('tiny.finetune.json'), '--calibrate', '--out', at('refused')];
  assert.equal((await failureOf('finetune', ...settings)).code, 'configImpossible');
});
