import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { sentences, TINY_LABELS, writeClassifier } from '../../test/support/tinyModels.js';
import { classificationFeeds } from '../classify/classificationGraph.js';
import { folderWeights } from '../hub/initializers.js';
import { saveModel } from '../hub/modelFiles.js';
import { parameterShapes } from '../models/parameters.js';
import { hasCode } from '../protocol/errors.js';
import { EXPLANATION_METHODS, type Explanation } from '../protocol/explanation.js';
import { float32, int32 } from '../runtime/hostTensor.js';
import { Program } from '../runtime/program.js';
import { attributionGraph } from './attributionGraph.js';
import { Explainer } from './explainer.js';
import { logOdds } from './logOdds.js';

const folder = mkdtempSync(join(tmpdir(), 'explainer-'));
after(() => rmSync(folder, { recursive: true }));
const TEXT = sentences(3, 4)[2]!.text;

for (const family of ['distilbert', 'bert'] as const) {
  describe(family, () => {
    const model = join(folder, family);
    let explainer: Explainer;
    before(async () => {
      await writeClassifier(model, family);
      explainer = await Explainer.load(model, { threads: 1 });
    });
    after(() => explainer.dispose());

    test('occlusion weighs each word by what the log-odds lose when its pieces are masked', async () => {
      const { label, score, explanation } = await explainer.explain(TEXT);
      const [answer] = await explainer.classifier.classify([TEXT]);
      assert.deepEqual([label, score], [answer!.label, answer!.score]);
      assert.equal(explanation.label, label);
      assert.ok(Math.abs(explanation.logOdds - Math.log(score / (1 - score))) < 1e-6);
      const { tokenizer, labels } = explainer.classifier;
      const { ids, wordIndex, words } = tokenizer.tokenize(TEXT);
      assert.deepEqual(
        explanation.words.map(({ text }) => text),
        words,
      );
      const { clsId, sepId, maskId } = tokenizer.vocabulary;
      const without = words.map((_, w) =>
        Int32Array.of(clsId, ...ids.map((id, i) => (wordIndex[i] === w ? maskId : id)), sepId),
      );
      const rows = await explainer.classifier.sequenceLogits(without);
      rows.forEach((row, w) => {
        const expected = explanation.logOdds - logOdds(row, labels.indexOf(label), 'single_label_classification');
        assert.ok(Math.abs(explanation.words[w]!.weight! - expected) < 1e-5, words[w]);
      });
      assert.ok(
        new Set(explanation.words.map(({ weight }) => weight)).size > 5,
        'the words have to differ for this test',
      );
    });

    test('the gradient of each piece is that of finite differences', async () => {
      const graph = attributionGraph(explainer.classifier.config);
      const program = await Program.compile(graph, {
        threads: 1,
        ...(await folderWeights(model, parameterShapes(graph))),
      });
      const { ids } = explainer.classifier.tokenizer.tokenize(TEXT.slice(0, 9));
      const { clsId, sepId, maskId } = explainer.classifier.tokenizer.vocabulary;
      const sequence = Int32Array.of(clsId, ...ids, sepId);
      const length = sequence.length;
      const batch = {
        batchSize: 1,
        sequenceLength: length,
        ids: sequence,
        lengths: Int32Array.of(length),
        wordStarts: new Uint8Array(length),
      };
      const weights = [0.7, -1.2, 0.4];
      const run = (fractions: readonly number[]) =>
        program.run({
          ...classificationFeeds(batch),
          baseline_ids: int32(Int32Array.of(clsId, ...ids.map(() => maskId), sepId), [1, length]),
          fractions: float32(Float32Array.from(fractions), [1, length]),
          logit_weights: float32(Float32Array.from(weights), [1, 3]),
        });
      const objective = async (fractions: readonly number[]) =>
        weights.reduce(async (sum, weight, c) => {
          const { logits } = await run(fractions);
          return (await sum) + weight * logits!.data[c]!;
        }, Promise.resolve(0));
      const fractions = Array.from({ length }, (_, i) => 0.2 + (0.7 * i) / length);
      const { attributions } = await run(fractions);
      const h = 1e-3;
      for (let i = 0; i < length; i++) {
        const moved = (by: number) => fractions.map((fraction, j) => (j === i ? fraction + by : fraction));
        const slope = ((await objective(moved(h))) - (await objective(moved(-h)))) / (2 * h);
        const got = attributions!.data[i]!;
        assert.ok(Math.abs(got - slope) < 2e-3 * (1 + Math.abs(slope)), `piece ${i}: ${got} and ${slope}`);
      }
      assert.equal(attributions!.data[0], 0, 'nothing of [CLS] is masked');
      // All of the text, and none of it, are what the classifier reads.
      const ones = await run(fractions.map(() => 1));
      const [plain] = await explainer.classifier.sequenceLogits([sequence]);
      plain!.forEach((z, c) => {
        assert.ok(Math.abs(z - ones.logits!.data[c]!) < 1e-5);
      });
      await program.dispose();
    });

    test('integrated gradients sum up to the difference that masking all makes: within 1 % of it at 1,024 points', async () => {
      const gap = async (steps: number) => {
        const { explanation } = await explainer.explain(TEXT, { method: 'integrated-gradients', steps });
        const difference = explanation.logOdds - explanation.baseline;
        const sum = explanation.words.reduce((total, { weight }) => total + weight!, 0);
        assert.ok(Math.abs(explanation.gap - (sum - difference)) < 1e-9);
        assert.ok(Math.abs(difference) > 0.05, 'there has to be a difference for this test');
        return Math.abs(explanation.gap / difference);
      };
      const [few, many] = [await gap(2), await gap(1024)];
      assert.ok(many < 0.01, `${many}`);
      assert.ok(many < few, `${few} at 2 points, ${many} at 1,024`);
    });

    test('gradient × embedding is the slope at the text', async () => {
      const { explanation } = await explainer.explain(TEXT, { method: 'gradient' });
      const sum = explanation.words.reduce((total, { weight }) => total + weight!, 0);
      assert.ok(Math.abs(explanation.gap - (sum - (explanation.logOdds - explanation.baseline))) < 1e-9);
      assert.ok(explanation.words.every(({ weight }) => weight !== 0));
    });
  });
}

describe('a long text in windows, by a calibrated classifier', () => {
  let explainer: Explainer;
  before(async () => {
    const model = join(folder, 'calibrated');
    const { config, weights } = await writeClassifier(model, 'bert');
    const vocabFile = join(folder, 'bert', 'vocab.txt');
    await saveModel(model, { config: { ...config, temperature: 2.5 }, weights, vocabFile }, 'classification');
    explainer = await Explainer.load(model, { threads: 1, maxSeqLength: 16, cut: { longTexts: 'windows', stride: 4 } });
  });
  after(() => explainer.dispose());

  for (const method of EXPLANATION_METHODS) {
    test(`${method}: all words have a weight, of the log-odds that the windows come to together`, async () => {
      const { score, explanation } = await explainer.explain(TEXT, { method, steps: 64 });
      const [answer] = await explainer.classifier.classify([TEXT]);
      assert.equal(score, answer!.score);
      assert.ok(Math.abs(explanation.logOdds - Math.log(score / (1 - score))) < 1e-6);
      assert.ok(explanation.words.length > 12);
      assert.ok(explanation.words.every(({ weight }) => weight !== null && weight !== 0));
      if (method === 'integrated-gradients') {
        const difference = explanation.logOdds - explanation.baseline;
        assert.ok(Math.abs(explanation.gap) < 0.01 * Math.abs(difference), `${explanation.gap} of ${difference}`);
      }
    });
  }

  test('a word of two windows is masked in both', async () => {
    const { explanation } = await explainer.explain(TEXT);
    const { tokenizer, labels } = explainer.classifier;
    const { ids, wordIndex } = tokenizer.tokenize(TEXT);
    const { maskId, clsId, sepId } = tokenizer.vocabulary;
    const word = wordIndex[11]!;
    const without = ids.map((id, i) => (wordIndex[i] === word ? maskId : id));
    const windows: Int32Array[] = [];
    for (let start = 0; windows.length === 0 || start + 4 < ids.length; start += 10) {
      windows.push(Int32Array.of(clsId, ...without.slice(start, start + 14), sepId));
    }
    const rows = await explainer.classifier.sequenceLogits(windows);
    const mean = labels.map((_, c) => rows.reduce((sum, row) => sum + row[c]! / rows.length / 2.5, 0));
    const expected =
      explanation.logOdds - logOdds(mean, labels.indexOf(explanation.label), 'single_label_classification');
    assert.ok(Math.abs(explanation.words[word]!.weight! - expected) < 1e-5);
  });
});

for (const problemType of ['multi_label_classification', 'regression'] as const) {
  test(`${problemType}: words are weighed for one output, whatever the others are`, async () => {
    const model = join(folder, problemType);
    const { config, weights } = await writeClassifier(model, 'bert');
    await saveModel(
      model,
      { config: { ...config, problemType }, weights, vocabFile: join(folder, 'bert', 'vocab.txt') },
      'classification',
    );
    const explainer = await Explainer.load(model, { threads: 1 });
    const label = TINY_LABELS[1]!;
    const options = { label, method: 'integrated-gradients', steps: 64 } as const;
    const { scores, labels, explanation } = await explainer.explain(TEXT, options);
    const [logits] = await explainer.classifier.logits([TEXT]);
    assert.ok(Math.abs(explanation.logOdds - logits![1]!) < 1e-5);
    assert.ok(Math.abs(explanation.gap) < 0.01 * Math.abs(explanation.logOdds - explanation.baseline));
    if (problemType === 'regression') assert.equal(scores[label], logits![1]);
    else {
      assert.ok(Math.abs(scores[label]! - 1 / (1 + Math.exp(-logits![1]!))) < 1e-6);
      assert.deepEqual(labels?.includes(label), scores[label]! >= 0.5);
    }
    await explainer.dispose();
  });
}

describe('whatever the method', () => {
  let explainer: Explainer;
  before(async () => {
    explainer = await Explainer.load(join(folder, 'distilbert'), { threads: 1 });
  });
  after(() => explainer.dispose());

  const weightsOf = ({ words }: Explanation) => words.map(({ weight }) => weight);

  for (const method of EXPLANATION_METHODS) {
    test(`${method}: a text without pieces has no words, and nothing is left unexplained`, async () => {
      const { label, explanation } = await explainer.explain(' \n', { method });
      assert.ok(TINY_LABELS.includes(label));
      assert.deepEqual(explanation.words, []);
      assert.equal(explanation.gap, 0);
      assert.equal(explanation.logOdds, explanation.baseline);
    });

    test(`${method}: words that are not read have no weight`, async () => {
      const { explanation } = await explainer.explain(TEXT.repeat(9), { method, steps: 2 });
      const weights = weightsOf(explanation);
      const read = weights.filter((weight) => weight !== null).length;
      assert.ok(read > 20 && read < weights.length);
      assert.ok(weights.slice(read).every((weight) => weight === null));
    });

    test(`${method}: another label can be explained, but only one there is`, async () => {
      const { label } = await explainer.explain(TEXT, { method, steps: 2 });
      const other = TINY_LABELS.find((name) => name !== label)!;
      const { explanation, label: answered } = await explainer.explain(TEXT, { method, steps: 2, label: other });
      assert.deepEqual([answered, explanation.label], [label, other]);
      assert.ok(explanation.logOdds < 0);
      await assert.rejects(
        explainer.explain(TEXT, { method, label: 'スポーッ' }),
        (error) => hasCode(error, 'labelUnknown') && error.data.known.length === 3,
      );
    });

    test(`${method}: it can be stopped`, async () => {
      await assert.rejects(explainer.explain(TEXT, { method, signal: AbortSignal.abort() }), { name: 'AbortError' });
    });

    test(`${method}: progress comes to its end`, async () => {
      const told: [number, number][] = [];
      await explainer.explain(TEXT, { method, steps: 5, onProgress: (done, total) => told.push([done, total]) });
      const [done, total] = told.at(-1)!;
      assert.equal(done, total);
      assert.ok(total > 0);
    });
  }
});
