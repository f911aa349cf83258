import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { sentences, TINY_LABELS, writeClassifier } from '../../test/support/tinyModels.js';
import { saveModel } from '../hub/modelFiles.js';
import type { ModelConfig } from '../models/config.js';
import { hasCode } from '../protocol/errors.js';
import type { NamedTensors } from '../protocol/tensor.js';
import { Program } from '../runtime/program.js';
import { softmax } from '../scores/probabilities.js';
import { classificationFeeds, classificationGraph } from './classificationGraph.js';
import { Classifier } from './classifier.js';

const folder = mkdtempSync(join(tmpdir(), 'classifier-'));
after(() => rmSync(folder, { recursive: true }));

let model: { config: ModelConfig; weights: NamedTensors };
let classifier: Classifier;
before(async () => {
  model = await writeClassifier(join(folder, 'F32'), 'distilbert');
  await writeClassifier(join(folder, 'F16'), 'distilbert', 'F16');
  classifier = await Classifier.load(join(folder, 'F32'), { threads: 1 });
});
after(() => classifier.dispose());

/** Texts of many lengths, in no order of length. */
const texts = sentences(50, 9).map(({ text }) => text);

function assertClose(got: readonly Float64Array[], expected: readonly Float64Array[], limit: number): void {
  assert.equal(got.length, expected.length);
  const differences = got.flatMap((row, i) => [...row].map((x, c) => Math.abs(x - (expected[i]?.[c] as number))));
  assert.ok(Math.max(...differences) < limit, `greatest difference ${Math.max(...differences)}`);
}

test('every label has its probability, and the answers are in the order of the texts', async () => {
  const answers = await classifier.classify(texts);
  assert.equal(answers.length, texts.length);
  assert.ok(new Set(answers.map(({ score }) => score)).size > 40, 'the texts have to be told apart for this test');
  for (const { label, score, scores } of answers) {
    assert.deepEqual(Object.keys(scores), TINY_LABELS);
    assert.equal(scores[label], score);
    assert.equal(score, Math.max(...Object.values(scores)));
    assert.ok(Math.abs(Object.values(scores).reduce((a, b) => a + b) - 1) < 1e-12);
  }
  const turned = await classifier.classify([...texts].reverse());
  turned.reverse().forEach(({ label }, i) => {
    assert.equal(label, answers[i]?.label);
  });
});

test('a text has the same answer alone and beside others of any length', async () => {
  const together = await classifier.probabilities(texts);
  const alone: Float64Array[] = [];
  for (const text of texts) alone.push(...(await classifier.probabilities([text])));
  assertClose(together, alone, 1e-6);
  const inThrees = await Classifier.load(join(folder, 'F32'), { threads: 1, batchSize: 3 });
  assertClose(await inThrees.probabilities(texts), together, 1e-6);
  await inThrees.dispose();
});

test('logits are the scores before the temperature, which the probabilities have in them', async () => {
  const logits = await classifier.logits(texts);
  assertClose(
    await classifier.probabilities(texts),
    logits.map((scores) => softmax(scores)),
    1e-12,
  );
  const { config, weights } = model;
  const warm = join(folder, 'warm');
  const files = { config: { ...config, temperature: 2.5 }, weights, vocabFile: join(folder, 'F32', 'vocab.txt') };
  await saveModel(warm, files, 'classification');
  const calibrated = await Classifier.load(warm, { threads: 1 });
  assert.deepEqual(await calibrated.logits(texts), logits);
  const divided = logits.map((scores) => softmax(scores.map((score) => score / 2.5)));
  assertClose(await calibrated.probabilities(texts), divided, 1e-6);
  const labels = (answers: readonly { label: string }[]) => answers.map(({ label }) => label);
  assert.deepEqual(labels(await calibrated.classify(texts)), labels(await classifier.classify(texts)));
  await calibrated.dispose();
});

test('weights mapped from the file, and weights held in memory, give the same answers', async () => {
  const { graph, logits } = classificationGraph(model.config, false);
  graph.output('logits', logits);
  const program = await Program.compile(graph, { threads: 1 });
  const { ids } = classifier.tokenizer.tokenize(texts[0] as string);
  const sequence = Int32Array.of(2, ...ids, 3);
  const batch = {
    batchSize: 1,
    sequenceLength: sequence.length,
    ids: sequence,
    lengths: Int32Array.of(sequence.length),
    wordStarts: new Uint8Array(sequence.length),
  };
  const outputs = await program.run({ ...classificationFeeds(batch), ...Object.fromEntries(model.weights) });
  await program.dispose();
  const expected = softmax(outputs.logits?.data as Float32Array);
  assertClose(await classifier.probabilities(texts.slice(0, 1)), [expected], 1e-6);
});

test('a model saved as F16 answers as nearly as half floats allow', async () => {
  const half = await Classifier.load(join(folder, 'F16'), { threads: 1 });
  assertClose(await half.probabilities(texts), await classifier.probabilities(texts), 2e-2);
  assert.notDeepEqual(await half.probabilities(texts), await classifier.probabilities(texts));
  await half.dispose();
});

test('nothing in, nothing out; an empty text and one of unknown characters are answered', async () => {
  assert.deepEqual(await classifier.classify([]), []);
  const answers = await classifier.classify(['', ' \n', '☃☃☃', '東京']);
  assert.equal(answers.length, 4);
  assert.deepEqual(answers[0], answers[1]);
  for (const { score } of answers) assert.ok(score > 1 / 3 && score < 1);
});

test('a text longer than the model can read is cut to what it can', async () => {
  const long = (texts[0] as string).repeat(2000);
  const [whole, cut] = await classifier.probabilities([long, long.slice(0, 500)]);
  assertClose([whole as Float64Array], [cut as Float64Array], 1e-6);
  const short = await Classifier.load(join(folder, 'F32'), { threads: 1, maxSeqLength: 8 });
  const [first, second] = await short.probabilities([long, (texts[0] as string).slice(0, 6)]);
  assertClose([first as Float64Array], [second as Float64Array], 1e-6);
  await short.dispose();
});

test('an abort between batches is an AbortError', async () => {
  await assert.rejects(classifier.probabilities(texts, AbortSignal.abort()), { name: 'AbortError' });
});

test('a folder that is not there is named', async () => {
  await assert.rejects(
    Classifier.load(join(folder, 'nowhere')),
    (error) => hasCode(error, 'modelFolderNotFound') && error.data.folder === join(folder, 'nowhere'),
  );
});

test('half precision is refused where the device has none', async () => {
  const place = join(folder, 'half');
  await writeClassifier(place, 'distilbert');
  await assert.rejects(Classifier.load(place, { device: 'cpu', precision: 'fp16' }), (error) =>
    hasCode(error, 'precisionUnavailable'),
  );
});
