/** The device `tensorflow` as a user has it: the package installed in a project, commands run in a folder of it. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { start } from '../support/commandLine.js';
import { metricsOf } from '../support/runFiles.js';
import { installTensorflow, noTensorflow } from '../support/testTensorflow.js';
import { writeClassifier, writeDistillation } from '../support/tinyModels.js';

const folder = mkdtempSync(join(tmpdir(), 'project-'));
after(() => rmSync(folder, { recursive: true }));
const working = join(folder, 'project', 'runs');
const texts = join(folder, 'texts.txt');
const model = join(folder, 'classifier');

before(async () => {
  mkdirSync(working, { recursive: true });
  installTensorflow(join(folder, 'project'));
  writeFileSync(texts, '東京で選手が優勝を語った\n');
  await writeClassifier(model, 'distilbert');
});

test('a distillation on it has the losses of the CPU', { skip: noTensorflow }, async () => {
  const file = await writeDistillation(folder, { maxSteps: 2, logSteps: 1, numEpochs: 1, batchSize: 8 });
  const totals = async (device: string) => {
    const out = join(working, device);
    const run = start(['distill', '--config', file, '--out', out, '--device', device], { cwd: working });
    const { code, err } = await run.ended;
    assert.equal(code, 0, err);
    const steps = metricsOf(out).filter(({ type }) => type === 'step');
    return steps.map(({ losses }) => (losses as { total: number }).total);
  };
  const [expected, got] = [await totals('cpu'), await totals('tensorflow')];
  assert.equal(expected.length, 2);
  expected.forEach((loss, i) => {
    assert.ok(Math.abs((got[i] as number) - loss) <= 1e-4 * loss, `step ${i}: ${got[i]} instead of ${loss}`);
  });
});

test('a classifier on it answers as on the CPU', { skip: noTensorflow }, async () => {
  const scores = async (device: string) => {
    const argv = ['classify', '--model', model, '--device', device, '--input', texts, '--output', '-'];
    const { code, out, err } = await start(argv, { cwd: working }).ended;
    assert.equal(code, 0, err);
    const [label, score] = out.trimEnd().split('\n')[1]?.split('\t') as [string, string];
    return { label, score: Number(score) };
  };
  const [expected, got] = [await scores('cpu'), await scores('tensorflow')];
  assert.equal(got.label, expected.label);
  // Scores are written with four digits.
  assert.ok(Math.abs(got.score - expected.score) <= 2e-4, `${got.score} instead of ${expected.score}`);
});

test('without the package the program says what to install, and where', { skip: noTensorflow }, async () => {
  const argv = [
    'classify',
    '--model',
    join(folder, 'classifier'),
    '--device',
    'tensorflow',
    '--input',
    texts,
    '--output',
    '-',
  ];
  const { code, err } = await start(argv, { cwd: folder }).ended;
  assert.equal(code, 1);
  assert.match(
    err.replace(/\s+/g, ' '),
    /@tensorflow\/tfjs-node-gpu is not installed.*npm install @tensorflow\/tfjs-node-gpu/,
  );
});
