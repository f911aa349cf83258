/** The evaluations that a run ends with, `evaluate` beside them, its calibration and comparison. */
import assert from 'node:assert/strict';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Comparison, Evaluation } from '../../trainer-core/protocol/evaluation.js';
import type { ModelEvaluated } from '../../trainer-core/protocol/jobs.js';
import type { ClassificationReport } from '../../trainer-core/protocol/report.js';
import { failureOf, start } from '../support/commandLine.js';
import { metricsOf } from '../support/runFiles.js';
import { TINY_LABELS, writeFinetuning, writeTsv } from '../support/tinyModels.js';

const folder = mkdtempSync(join(tmpdir(), 'evaluation-'));
after(() => rmSync(folder, { recursive: true }));
const at = (...parts: string[]) => join(folder, ...parts);
const FILES = ['confusion.svg', 'evaluation.json', 'evaluation.md', 'reliability.svg'];

before(async () => {
  const config = await writeFinetuning(folder, { numEpochs: 40, learningRate: 5e-3, patience: null, dropout: 0 });
  for (const [name, seed, calibrate] of [
    ['a', '1', true],
    ['b', '2', false],
  ] as const) {
    const argv = ['finetune', '--config', config, '--out', at(name), '--seed', seed, '--num-epochs', '20'];
    const { code, err } = await start([...argv, '--json', ...(calibrate ? ['--calibrate'] : [])]).ended;
    assert.deepEqual([code, err], [0, '']);
  }
});

const evaluationIn = (...parts: string[]): Evaluation =>
  JSON.parse(readFileSync(at(...parts, 'evaluation.json'), 'utf8'));
const temperatureOf = (model: string): unknown =>
  JSON.parse(readFileSync(at(model, 'config.json'), 'utf8')).softmax_temperature;

async function told<T>(...argv: string[]): Promise<T> {
  const { code, out, err } = await start([...argv, '--json']).ended;
  assert.deepEqual([code, err], [0, '']);
  return JSON.parse(out.trimEnd().split('\n').at(-1)!) as T;
}

test('a run ends with an evaluation of its best weights on each data set, with every file', () => {
  for (const split of ['dev', 'test']) {
    assert.deepEqual(readdirSync(at('a', 'evaluation', split)).sort(), FILES);
    const { report, predictions, data, labels, problemType } = evaluationIn('a', 'evaluation', split);
    assert.deepEqual([data, labels, problemType], [at(`${split}.tsv`), TINY_LABELS, 'single_label_classification']);
    const { accuracy, misread, misreadCount, intervals, calibration } = report as ClassificationReport;
    const wrong = predictions.label.filter((label, i) => label !== predictions.predicted[i]).length;
    assert.deepEqual([predictions.label.length, misread.length, misreadCount], [30, wrong, wrong]);
    assert.ok(Math.abs(accuracy - (1 - wrong / 30)) < 1e-12);
    assert.ok(intervals!.intervals.accuracy![0] <= accuracy && accuracy <= intervals!.intervals.accuracy![1]);
    assert.equal(calibration!.bins.length, 15);
    for (const each of misread) {
      const [text, label] = readFileSync(each.file!, 'utf8').split('\n')[each.line - 1]!.split('\t');
      assert.deepEqual([text, label], [each.text, each.label]);
    }
    assert.match(readFileSync(at('a', 'evaluation', split, 'evaluation.md'), 'utf8'), /\| Accuracy \|/);
    assert.match(
      readFileSync(at('a', 'evaluation', split, 'confusion.svg'), 'utf8'),
      /^<svg [\s\S]*スポーツ[\s\S]*<\/svg>\n$/,
    );
  }
  const event = metricsOf(at('a')).find(({ split }) => split === 'test') as unknown as { report: unknown };
  assert.deepEqual(event.report, evaluationIn('a', 'evaluation', 'test').report);
});

test('calibrate keeps a temperature with the final model and lowers the loss on dev; the guesses stay', async () => {
  const temperature = temperatureOf('a/final') as number;
  assert.ok(temperature > 0 && temperature !== 1, `${temperature}`);
  assert.equal(temperatureOf('b/final'), undefined);
  cpSync(at('a', 'final'), at('cold'), { recursive: true });
  const config = JSON.parse(readFileSync(at('cold', 'config.json'), 'utf8'));
  writeFileSync(at('cold', 'config.json'), JSON.stringify({ ...config, softmax_temperature: 1 }));
  const score = (model: string, ...more: string[]) =>
    told<ModelEvaluated>('evaluate', '--model', at(model), '--data', at('dev.tsv'), ...more);
  const warm = await score('a/final');
  const cold = await score('cold');
  assert.ok(warm.report.loss < cold.report.loss, `${warm.report.loss}, ${cold.report.loss}`);
  const accuracyOf = ({ report }: ModelEvaluated) => (report as ClassificationReport).accuracy;
  assert.equal(accuracyOf(warm), accuracyOf(cold));
  const calibrated = await score('cold', '--calibrate');
  assert.ok(Math.abs(calibrated.temperature - temperature) < 1e-4 * temperature, `${calibrated.temperature}`);
  assert.equal(temperatureOf('cold'), calibrated.temperature);
  const after = JSON.parse(readFileSync(at('cold', 'config.json'), 'utf8'));
  assert.deepEqual({ ...after, softmax_temperature: 1 }, { ...config, softmax_temperature: 1 });
});

test('evaluate comes to what the run came to, shows its progress, and puts an evaluation in the place of one', async () => {
  const argv = ['evaluate', '--model', at('b', 'final'), '--data', at('test.tsv'), '--out', at('out')];
  const { code, out } = await start([...argv, '--json']).ended;
  assert.equal(code, 0);
  const lines = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.ok(lines.some(({ type, phase }) => type === 'progress' && phase === 'classifying'));
  assert.equal(lines.at(-1).output, at('out'));
  assert.deepEqual(readdirSync(at('out')).sort(), FILES);
  const [own, ofRun] = [evaluationIn('out'), evaluationIn('b', 'evaluation', 'test')];
  assert.deepEqual([own.examplesHash, own.predictions.predicted], [ofRun.examplesHash, ofRun.predictions.predicted]);
  assert.ok(Math.abs(own.report.loss - ofRun.report.loss) < 1e-5);
  assert.equal((await start(argv).ended).code, 0);
  assert.deepEqual(readdirSync(at('out')).sort(), FILES);
});

test('two runs are compared by their evaluations, two models by a file, to the same figures', async () => {
  const { comparison } = await told<{ comparison: Comparison }>('evaluate', '--compare', at('a'), at('b'));
  const models = await told<{ comparison: Comparison }>(
    ...['evaluate', '--compare', at('a', 'final'), at('b', 'final'), '--data', at('test.tsv'), '--out', at('compared')],
  );
  const { first, second } = models.comparison;
  assert.deepEqual([first, second], [at('a', 'final'), at('b', 'final')]);
  assert.deepEqual(models.comparison, comparison);
  const { accuracy, mcnemar, examples } = comparison;
  assert.ok(Math.abs(accuracy.difference - (mcnemar.c - mcnemar.b) / examples) < 1e-12);
  assert.deepEqual(readdirSync(at('compared')).sort(), ['comparison.json', 'comparison.md', 'comparison.svg']);
  const itself = await told<{ comparison: Comparison }>('evaluate', '--compare', at('a'), at('a'));
  assert.deepEqual([itself.comparison.mcnemar.p, itself.comparison.accuracy.interval], [1, [0, 0]]);
});

test('what cannot be compared or written is refused with what to do', async () => {
  const compared = (...places: string[]) => failureOf('evaluate', '--compare', ...places);
  assert.equal((await compared(at('a'))).code, 'comparisonNotOfTwo');
  assert.equal((await compared(at('a'), at('base'))).code, 'evaluationNotFound');
  assert.equal((await compared(at('a'), at('b', 'evaluation', 'dev'))).code, 'evaluationsOfOtherData');
  writeFileSync(at('broken.json'), '{"version": 1');
  assert.equal((await compared(at('a'), at('broken.json'))).code, 'evaluationInvalid');
  const model = ['--model', at('b', 'final'), '--data', at('test.tsv')];
  assert.match((await failureOf('evaluate', ...model, '--compare', at('a'), at('b'))).text, /--compare and --model/);
  assert.match((await failureOf('evaluate', '--model', at('b', 'final'))).text, /--data is missing/);
  const names = readdirSync(folder);
  assert.equal((await failureOf('evaluate', ...model, '--out', folder)).code, 'folderNotEmpty');
  assert.deepEqual(readdirSync(folder), names);
});

test('an evaluation that is stopped writes nothing', async () => {
  writeTsv(at('many.tsv'), 20_000, 5);
  const run = start([
    'evaluate',
    '--model',
    at('b', 'final'),
    '--data',
    at('many.tsv'),
    '--out',
    at('never'),
    '--json',
  ]);
  await run.wrote(/"classifying","done":(?!0)/);
  run.child.kill('SIGTERM');
  assert.equal((await run.ended).code, 1);
  assert.ok(!existsSync(at('never')));
});

test('data whose every example is read rightly fits no temperature, and the model stays as it was', async () => {
  const { label, predicted, line } = evaluationIn('b', 'evaluation', 'test').predictions;
  const rows = readFileSync(at('test.tsv'), 'utf8').split('\n');
  const right = line.filter((_, i) => label[i] === predicted[i]).map((number) => rows[number - 1]);
  assert.ok(right.length > 0);
  writeFileSync(at('right.tsv'), `${right.join('\n')}\n`);
  copyFileSync(at('b', 'final', 'config.json'), at('before.json'));
  const failure = await failureOf('evaluate', '--model', at('b', 'final'), '--data', at('right.tsv'), '--calibrate');
  assert.equal(failure.code, 'temperatureUnbounded');
  assert.deepEqual(readFileSync(at('b', 'final', 'config.json')), readFileSync(at('before.json')));
});
