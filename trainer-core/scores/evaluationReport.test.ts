import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LOGGED_MISREAD } from '../protocol/report.js';
import { compareEvaluations } from './compareEvaluations.js';
import { evaluationOf, evaluationReport, loggedReport, metricsOf } from './evaluationReport.js';

const META = { problemType: 'single_label_classification', labels: ['犬', '猫', '鳥'], temperature: 1 } as const;
const NAMES = { model: 'm', data: 'd' };
const FEW = { resamples: 20 };
const texts = Array.from({ length: 600 }, (_, i) => ({ file: 'f', line: i + 1, text: `text ${i}`, label: i % 3 }));
/** Half are read wrongly, each of them a little more surely than the one before. */
const logits = texts.map(({ label }, i) => {
  const guess = i % 2 === 0 ? label : (label + 1) % 3;
  return [0, 1, 2].map((id) => (id === guess ? 1 + i / 600 : 0));
});

test('metrics.jsonl gets the surest of the misread examples, in file order, and how many there were', async () => {
  const report = await evaluationReport(META, texts, logits, FEW);
  assert.ok('misread' in report && report.misread.length === 300);
  const logged = loggedReport(report);
  assert.ok('misread' in logged);
  assert.deepEqual([logged.misread.length, logged.misreadCount], [LOGGED_MISREAD, 300]);
  assert.deepEqual(logged.misread, report.misread.slice(100));
  assert.deepEqual({ ...logged, misread: [] }, { ...report, misread: [] });
  assert.deepEqual(Object.keys(metricsOf(report)), ['accuracy', 'macroF1', 'loss', 'ece']);
});

test('of numbers as many are listed, those furthest off; what has no value is no metric', async () => {
  const numbers = texts.map(({ line, ...text }) => ({ ...text, line, label: 1 }));
  const meaning = { problemType: 'regression', labels: ['n'], temperature: 1 } as const;
  const report = await evaluationReport(meaning, numbers, logits, FEW);
  const logged = loggedReport(report);
  assert.ok('furthest' in logged && logged.furthest.length === LOGGED_MISREAD);
  assert.deepEqual(Object.keys(metricsOf(report)), ['mse', 'mae', 'r2', 'loss']);
});

test('a temperature changes what is said of the confidence and nothing else', async () => {
  const cold = await evaluationOf(META, NAMES, texts, logits, FEW);
  const warm = await evaluationOf({ ...META, temperature: 4 }, NAMES, texts, logits, FEW);
  assert.deepEqual(warm.predictions.predicted, cold.predictions.predicted);
  assert.equal(warm.examplesHash, cold.examplesHash);
  assert.ok(warm.report.loss < cold.report.loss);
});

test('models that number their classes otherwise are compared by their names', async () => {
  const first = await evaluationOf(META, NAMES, texts, logits, FEW);
  const turned = [2, 0, 1];
  const second = await evaluationOf(
    { ...META, labels: turned.map((id) => META.labels[id]!) },
    { ...NAMES, model: 'n' },
    texts.map((text) => ({ ...text, label: turned.indexOf(text.label) })),
    logits.map((row, i) => turned.map((id) => (i < 60 ? row[id]! : id === texts[i]!.label ? 9 : 0))),
    FEW,
  );
  assert.equal(second.examplesHash, first.examplesHash);
  const { accuracy, macroF1, mcnemar, examples } = await compareEvaluations(first, second, FEW);
  assert.deepEqual([examples, mcnemar.b, mcnemar.c, mcnemar.method], [600, 0, 270, 'chi-square']);
  assert.deepEqual([accuracy.first, accuracy.second], [0.5, 0.95]);
  assert.ok(Math.abs(accuracy.difference - 0.45) < 1e-12 && macroF1.difference > 0.4);
  assert.ok(accuracy.interval[0] > 0.35 && accuracy.interval[1] < 0.55);
  const back = await compareEvaluations(second, first, FEW);
  assert.deepEqual([back.mcnemar.b, back.mcnemar.c, back.mcnemar.p], [270, 0, mcnemar.p]);
});

test('other texts, other labels and another order are other data', async () => {
  const hashOf = async (changed: typeof texts) =>
    (await evaluationOf(META, NAMES, changed, logits.slice(0, changed.length), FEW)).examplesHash;
  const three = texts.slice(0, 3);
  const hashes = await Promise.all([
    hashOf(three),
    hashOf(three.toReversed()),
    hashOf(three.map((text) => ({ ...text, text: `${text.text}!` }))),
    hashOf(three.map((text) => ({ ...text, label: 0 }))),
    hashOf(texts.slice(0, 2)),
  ]);
  assert.equal(new Set(hashes).size, 5);
  assert.equal(await hashOf(three.map((text) => ({ ...text, file: 'elsewhere', line: 9 }))), hashes[0]);
});
