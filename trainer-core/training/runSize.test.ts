import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tinyConfig } from '../../test/support/tinyModels.js';
import { scoringBatches } from '../classify/scoringBatches.js';
import { elementCount } from '../graph/dims.js';
import { type Graph, topologicalOrder } from '../graph/graph.js';
import { splitLarge } from '../graph/splitLarge.js';
import type { ModelConfig } from '../models/config.js';
import { LARGEST_TENSOR } from '../runtime/executionProviders.js';
import { classifierLosses } from './classifierLosses.js';
import { gradientGraph } from './gradientGraph.js';
import { languageModelGraph } from './languageModelGraph.js';
import type { LanguageModelLayout } from './languageModelStep.js';
import { languageModelLayout, tokensPerRun } from './runSize.js';
import { chunksOf, TEACHER_PREFIX } from './vocabularyLosses.js';

const PUBLISHED: LanguageModelLayout = { labelledChunks: 1, otherChunks: 2, tokensPerRun: 1024 };

const base: ModelConfig = tinyConfig('distilbert', {
  ...{ vocabSize: 32_000, hiddenSize: 768, heads: 12, intermediateSize: 3072, maxPositions: 512, layers: 1 },
});
const large: ModelConfig = { ...base, hiddenSize: 1024, heads: 16, intermediateSize: 4096 };

/** Bytes of the largest tensor of a run's gradient graph. */
function largestBytes(graph: Graph, bindings: Readonly<Record<string, number>>): number {
  const values = topologicalOrder(graph.outputs.values()).flatMap(({ inputs, outputs }) => [...inputs, ...outputs]);
  return values.reduce((most, { dims }) => Math.max(most, 4 * elementCount(dims, bindings)), 0);
}

/** The same of a distillation by all losses, in runs of sequences of one length in which twice as many as on average have labels. */
function largestOfDistillation(
  model: ModelConfig,
  sequence: number,
  layout: LanguageModelLayout,
  cut: (graph: Graph) => Graph,
): number {
  const losses = {
    weights: { ce: 5, mlm: 2, mse: 1, cos: 1, hidden: 1, attention: 1, relation: 1 },
    ...{ temperature: 2, restrictCeToMask: false, matchedLayers: [0], relation: { teacherLayer: 0, heads: 32 } },
  };
  const { labelledChunks, otherChunks, tokensPerRun: tokens } = layout;
  const settings = { ...losses, labelledChunks, otherChunks, attentionMask: true };
  const { graph, total } = languageModelGraph({ ...settings, student: model, teacher: model });
  const trained = graph.inputsOf('parameter').map(({ name }) => name);
  const own = trained.filter((name) => !name.startsWith(TEACHER_PREFIX));
  gradientGraph({ graph, loss: total, reported: { total } }, own, true);
  const chunks = chunksOf(labelledChunks, otherChunks);
  const labelled = Math.ceil(0.3 * tokens);
  const bindings: Record<string, number> = { batch: Math.floor(tokens / sequence), sequence };
  for (const name of chunks.labelled) bindings[name] = Math.ceil(labelled / labelledChunks);
  for (const name of chunks.others) bindings[name] = Math.ceil(tokens / otherChunks);
  bindings[chunks.labelledCount] ??= labelled;
  bindings[chunks.rowCount] ??= tokens;
  return largestBytes(cut(graph), bindings);
}

const split = (graph: Graph) => splitLarge(graph, LARGEST_TENSOR);

for (const { what, model, sequence } of [
  { what: 'DistilBERT-base', model: base, sequence: 128 },
  { what: 'a large model of 50,000 pieces', model: { ...large, vocabSize: 50_000 }, sequence: 512 },
  { what: '250,000 pieces', model: { ...base, vocabSize: 250_002 }, sequence: 128 },
  {
    what: 'many heads and a wide inner layer',
    model: { ...large, heads: 64, intermediateSize: 65_536 },
    sequence: 512,
  },
]) {
  test(`no tensor of a distillation is larger than every device takes: ${what}`, () => {
    const options = { models: [model, model], longest: sequence, labelledPart: 0.15, relationHeads: 32 };
    const layout = languageModelLayout(options);
    const largest = largestOfDistillation(model, sequence, layout, split);
    assert.ok(largest <= LARGEST_TENSOR, `${largest} bytes`);
    // Without any of it the base alone would fit.
    const before = largestOfDistillation(model, sequence, PUBLISHED, (graph) => graph);
    if (model === base) assert.deepEqual(layout, PUBLISHED);
    else assert.ok(before > LARGEST_TENSOR, `${before} bytes`);
  });
}

test('no tensor of a fine-tuning is larger than every device takes', () => {
  for (const [model, longest, expected] of [
    [base, 512, 2048],
    [{ ...large, vocabSize: 50_000 }, 512, 2048],
    [{ ...large, heads: 64, intermediateSize: 16_384 }, 512, 1024],
  ] as const) {
    const { graph, total } = classifierLosses({ ...model, labels: ['a', 'b'] }, null);
    gradientGraph({ graph, loss: total, reported: {} }, [...graph.inputsOf('parameter').map(({ name }) => name)], true);
    const tokens = tokensPerRun({ most: 2048, longest, models: [model] });
    assert.equal(tokens, expected);
    const largest = largestBytes(split(graph), { batch: Math.floor(tokens / longest), sequence: longest });
    assert.ok(largest <= LARGEST_TENSOR, `${largest} bytes`);
  }
});

test('texts are scored together as far as they fit, sorted by length, each once', () => {
  const lengths = [...Array(40).fill(128), ...Array(40).fill(512), 100];
  const batches = [...scoringBatches(lengths, 32, base)];
  assert.deepEqual(batches[0]?.length, 32);
  for (const batch of batches) {
    const longest = Math.max(...[...batch].map((i) => lengths[i]));
    assert.ok(batch.length * longest * Math.max(12 * longest, 3072) * 4 <= LARGEST_TENSOR);
  }
  const order = batches.flatMap((batch) => [...batch]);
  assert.deepEqual(
    order.toSorted((a, b) => a - b),
    [...lengths.keys()],
  );
  assert.deepEqual([...scoringBatches([9, 9, 9], 1000, { ...base, heads: 2 ** 24 })].length, 3);
});

test('a run has one sequence at least', () => {
  assert.equal(tokensPerRun({ most: 100, longest: 512, models: [base] }), 512);
});
