import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dot, type Matrix, type PlainWeights, plainEncoder, softmax } from '../../test/support/plainEncoder.js';
import { accumulated } from '../../test/support/steps.js';
import { teacherInMemory, tinyConfig } from '../../test/support/tinyModels.js';
import { Random } from '../corpus/random.js';
import type { ModelConfig } from '../models/config.js';
import type { NamedTensors } from '../protocol/tensor.js';
import { cpuDevice } from '../runtime/devices.js';
import type { LanguageModelBatch } from './languageModelBatch.js';
import { randomWeights } from './languageModelSources.js';
import { LanguageModelStep } from './languageModelStep.js';
import type { LanguageModelLosses } from './lossSettings.js';
import { initialProjections } from './projection.js';

const VOCABULARY = 14;
const LENGTHS = [3, 5, 4];
const shape = { vocabSize: VOCABULARY, maxPositions: 6, hiddenDropout: 0, attentionDropout: 0, intermediateSize: 6 };
const student = tinyConfig('distilbert', { ...shape, hiddenSize: 4, layers: 2, heads: 2 });
const like = tinyConfig('bert', { ...shape, hiddenSize: 4, layers: 3, heads: 2 });
const wide = tinyConfig('bert', { ...shape, hiddenSize: 12, layers: 3, heads: 3 });

/** Weights whose biases and norms are random too, so that a loss depends on every one of them. */
function weightsOf(config: ModelConfig, seed: number): NamedTensors {
  const random = Random.fromSeed(seed);
  const weights = randomWeights(config, seed);
  for (const [, { dims, data }] of weights)
    if (dims.length === 1) for (let i = 0; i < data.length; i++) data[i] = (data[i] as number) + 0.2 * random.normal();
  return weights;
}

const random = Random.fromSeed(11);
const sequences = LENGTHS.map((length) => Array.from({ length }, () => 1 + random.below(VOCABULARY - 1)));

/** A micro-batch of three sequences, padded. */
function batch(): LanguageModelBatch {
  const inputIds = new Int32Array(3 * 5);
  sequences.forEach((ids, b) => {
    inputIds.set(ids, b * 5);
  });
  const labels = new Int32Array(3 * 5).fill(-100);
  return { batchSize: 3, sequenceLength: 5, inputIds, labels, lengths: Int32Array.from(LENGTHS) };
}

interface Case {
  name: string;
  teacher: ModelConfig;
  losses: LanguageModelLosses;
  /** The loss of one sequence by its formula, as a sum over its tokens. */
  formula(student: ReturnType<typeof plainEncoder>, teacher: ReturnType<typeof plainEncoder>, w: PlainWeights): number;
}

const MATCHED = [0, 2];
const off = { temperature: 2, restrictCeToMask: false };
const squares = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, x, i) => sum + (x - (b[i] as number)) ** 2, 0);
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const map = (x: Matrix, weights: PlainWeights, name: string): Matrix => {
  const matrix = weights.get(`projection.${name}.weight`);
  if (!matrix) return x;
  const [rows, size] = matrix.dims as [number, number];
  return x.map((v) =>
    Array.from({ length: rows }, (_, r) =>
      v.reduce((of, value, i) => of + value * (matrix.data[r * size + i] as number), 0),
    ),
  );
};

const hiddenFormula: Case['formula'] = (s, t, weights) =>
  sum(
    [0, 1, 2].map((i) => {
      const of = map(s.hidden[i] as Matrix, weights, i === 0 ? 'embeddings' : 'hidden');
      const target = t.hidden[i === 0 ? 0 : (MATCHED[i - 1] as number) + 1] as Matrix;
      return sum(of.map((row, at) => squares(row, target[at] as number[]) / row.length));
    }),
  );
const relationFormula =
  (layer: number, heads: number): Case['formula'] =>
  (s, t) => {
    const relations = (x: Matrix) =>
      Array.from({ length: heads }, (_, r) => {
        const d = (x[0] as number[]).length / heads;
        const part = x.map((row) => row.slice(r * d, (r + 1) * d));
        return part.map((row) => softmax(part.map((other) => dot(row, other) / Math.sqrt(d))));
      });
    const divergence = (p: readonly number[], q: readonly number[]) =>
      sum(p.map((x, i) => x * Math.log(x / (q[i] as number))));
    return sum(
      (['query', 'key', 'value'] as const).map((part) => {
        const [of, target] = [
          relations(s.layers.at(-1)?.[part] as Matrix),
          relations(t.layers[layer]?.[part] as Matrix),
        ];
        return sum(target.flatMap((m, r) => m.map((p, i) => divergence(p, of[r]?.[i] as number[])))) / heads;
      }),
    );
  };

const cases: Case[] = [
  {
    name: 'hidden states of matched layers and the embeddings',
    teacher: like,
    losses: { ...off, weights: { hidden: 1 }, matchedLayers: MATCHED },
    formula: hiddenFormula,
  },
  {
    name: 'hidden states through projections to a wider teacher',
    teacher: wide,
    losses: { ...off, weights: { hidden: 1 }, matchedLayers: MATCHED },
    formula: hiddenFormula,
  },
  {
    name: 'attention scores before softmax',
    teacher: like,
    losses: { ...off, weights: { attention: 1 }, matchedLayers: MATCHED },
    formula: (s, t) =>
      sum(
        s.layers.map(({ scores }, i) => {
          const target = t.layers[MATCHED[i] as number]?.scores as Matrix[];
          const perToken = scores.flatMap((m, a) =>
            m.map((row, at) => squares(row, target[a]?.[at] as number[]) / row.length),
          );
          return sum(perToken) / scores.length;
        }),
      ),
  },
  {
    name: 'relations of queries, keys and values in four heads, of models with two and three',
    teacher: wide,
    losses: { ...off, weights: { relation: 1 }, relation: { teacherLayer: 1, heads: 4 } },
    formula: relationFormula(1, 4),
  },
  {
    name: 'the cosine through a projection',
    teacher: wide,
    losses: { ...off, weights: { cos: 1 } },
    formula: (s, t, weights) => {
      const target = t.hidden.at(-1) as Matrix;
      return sum(
        map(s.hidden.at(-1) as Matrix, weights, 'hidden').map((row, i) => {
          const other = target[i] as number[];
          return 1 - dot(row, other) / Math.sqrt(dot(row, row) * dot(other, other));
        }),
      );
    },
  },
];

for (const { name, teacher, losses, formula } of cases) {
  test(`${name}: the loss is its formula's, and its gradient by every weight that of finite differences`, async () => {
    const teacherWeights = weightsOf(teacher, 3);
    const draws = Random.fromSeed(9);
    const weights: NamedTensors = new Map([
      ...weightsOf(student, 4),
      ...initialProjections(student.hiddenSize, teacher.hiddenSize, 0.4, () => draws.normal()),
    ]);
    const model = await LanguageModelStep.create({
      student: { config: student, weights, source: 'student' },
      teacher: teacherInMemory(teacher, teacherWeights),
      losses,
      // Two runs, the first of them with padding.
      layout: { labelledChunks: 1, otherChunks: 1, tokensPerRun: 10 },
      frozen: [],
      adamw: { beta1: 0.9, beta2: 0.98, epsilon: 1e-6, weightDecay: 0, maxGradNorm: 5 },
      accumulate: true,
      device: cpuDevice(1),
    });
    let loss = 0;
    let runs = 0;
    for await (const run of model.runs([batch()])) {
      loss += (await accumulated(model.step, run, 1, 0)).total as number;
      runs++;
    }
    assert.equal(runs, 2);
    const gradients = new Map(
      [...(await model.step.gradients())].map(([key, { data }]) => [key, Float32Array.from(data)]),
    );
    await model.dispose();

    const targets = sequences.map((ids) => plainEncoder(teacher, teacherWeights, ids));
    const plain = new Map([...weights].map(([key, { dims, data }]) => [key, { dims, data: Float64Array.from(data) }]));
    const plainLoss = () =>
      sum(sequences.map((ids, b) => formula(plainEncoder(student, plain, ids), targets[b] as never, plain))) /
      sum(LENGTHS);
    const expected = plainLoss();
    assert.ok(expected > 0.01, `${expected}`);
    assert.ok(Math.abs(loss - expected) < 2e-6 * Math.max(1, expected), `${loss} instead of ${expected}`);

    const greatest = Math.max(...[...gradients.values()].flatMap((gradient) => [...gradient].map(Math.abs)));
    const STEP = 1e-4;
    for (const [key, gradient] of gradients) {
      const { data } = plain.get(key) as { data: Float64Array };
      let worst = 0;
      gradient.forEach((got, i) => {
        const kept = data[i] as number;
        data[i] = kept + STEP;
        const above = plainLoss();
        data[i] = kept - STEP;
        const below = plainLoss();
        data[i] = kept;
        // The padding row of the word embeddings is never trained, and no sequence has it.
        worst = Math.max(worst, Math.abs(got - (above - below) / (2 * STEP)));
      });
      assert.ok(worst < 1e-5 * Math.max(1, greatest), `${key}: ${worst} of ${greatest}`);
    }
    // Whatever lies below the losses was there to be checked, projections as well.
    assert.ok([...gradients.keys()].some((key) => key.includes('word_embeddings')));
    const projects = student.hiddenSize !== teacher.hiddenSize && losses.weights.relation === undefined;
    assert.equal(gradients.has('projection.hidden.weight'), projects);
  });
}
