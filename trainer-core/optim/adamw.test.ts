import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../corpus/random.js';
import { float32, type HostTensor, scalar } from '../runtime/hostTensor.js';
import { Program } from '../runtime/program.js';
import { adamwGraph, adamwScalars, hasNoDecay } from './adamw.js';

const SIZE = 1000;
const STEPS = 12;

interface Settings {
  beta1: number;
  beta2: number;
  epsilon: number;
  learningRate: number;
  weightDecay: number;
  clip: number;
}

/** Algorithm 2 of Loshchilov & Hutter 2019 in double precision, element by element, with the decay that torch.optim.AdamW scales by the rate. */
function reference(settings: Settings, start: Float32Array, gradients: readonly Float32Array[]): Float64Array {
  const { beta1, beta2, epsilon, learningRate, weightDecay, clip } = settings;
  const theta = Float64Array.from(start);
  const [m, v] = [new Float64Array(SIZE), new Float64Array(SIZE)];
  gradients.forEach((gradient, at) => {
    const t = at + 1;
    for (let i = 0; i < SIZE; i++) {
      const g = (gradient[i] as number) * clip;
      m[i] = beta1 * (m[i] as number) + (1 - beta1) * g;
      v[i] = beta2 * (v[i] as number) + (1 - beta2) * g * g;
      const mHat = (m[i] as number) / (1 - beta1 ** t);
      const vHat = (v[i] as number) / (1 - beta2 ** t);
      const decayed = (theta[i] as number) * (1 - learningRate * weightDecay);
      theta[i] = decayed - (learningRate * mHat) / (Math.sqrt(vHat) + epsilon);
    }
  });
  return theta;
}

/** The graph's own steps, writing over its inputs or beside them. */
async function steps(settings: Settings, start: Float32Array, gradients: readonly Float32Array[], inPlace: boolean) {
  const { learningRate, weightDecay, clip } = settings;
  const program = await Program.compile(adamwGraph(settings), { threads: 1 });
  const vector = (data: Float32Array) => float32(data, [data.length]);
  const zero = () => vector(new Float32Array(SIZE));
  let [p, m, v]: [HostTensor, HostTensor, HostTensor] = [vector(start.slice()), zero(), zero()];
  for (const [at, gradient] of gradients.entries()) {
    const numbers = adamwScalars(settings, at + 1, learningRate, weightDecay, clip);
    const scalars = Object.fromEntries(Object.entries(numbers).map(([name, x]) => [name, scalar(x)]));
    const into = inPlace ? { into: { pNew: p, mNew: m, vNew: v } } : {};
    const { pNew, mNew, vNew } = await program.run({ ...scalars, p, m, v, g: vector(gradient) }, into);
    if (!pNew || !mNew || !vNew) throw new Error('an output is missing');
    [p, m, v] = [pNew, mNew, vNew];
  }
  await program.dispose();
  return [p, m, v].map(({ data }) => data as Float32Array);
}

const random = Random.fromSeed(3);
const start = Float32Array.from({ length: SIZE }, () => random.normal());
// Gradients from huge to nothing, and some that are exactly 0.
const gradients = Array.from({ length: STEPS }, () =>
  Float32Array.from({ length: SIZE }, (_, i) => (i % 10 === 0 ? 0 : random.normal() * 10 ** ((i % 13) - 9))),
);

const base: Settings = { beta1: 0.9, beta2: 0.98, epsilon: 1e-6, learningRate: 1e-2, weightDecay: 0, clip: 1 };
for (const [what, changes] of Object.entries({
  'the recipe': {},
  'with weight decay': { weightDecay: 0.1 },
  'with clipped gradients': { clip: 0.03, weightDecay: 0.01 },
  "with fine-tuning's settings": { beta2: 0.999, epsilon: 1e-8 },
  'without memory': { beta1: 0, beta2: 0 },
  'at a rate of 0, which moves the moments only': { learningRate: 0, weightDecay: 0.1 },
})) {
  test(`${STEPS} steps agree with the paper in double precision, ${what}`, async () => {
    const settings = { ...base, ...changes };
    const expected = reference(settings, start, gradients);
    const [p] = await steps(settings, start, gradients, true);
    // The bound is on the weights' own scale: rounding of each step in float32.
    const worst = expected.reduce((max, x, i) => Math.max(max, Math.abs(x - (p?.[i] as number))), 0);
    assert.ok(worst < 3e-6, `greatest difference ${worst}`);
    if (settings.learningRate > 0) assert.ok(expected.some((x, i) => Math.abs(x - (start[i] as number)) > 0.01));
  });
}

test('writing over its own inputs gives the very bits of writing beside them', async () => {
  const settings = { ...base, weightDecay: 0.1 };
  assert.deepEqual(await steps(settings, start, gradients, true), await steps(settings, start, gradients, false));
});

test("names are spared from decay by Hugging Face's rule", () => {
  for (const name of [
    'distilbert.transformer.layer.0.ffn.lin1.bias',
    'vocab_projector.bias',
    'distilbert.embeddings.LayerNorm.weight',
    'bert.encoder.layer.0.output.LayerNorm.weight',
  ])
    assert.ok(hasNoDecay(name), name);
  for (const name of [
    'distilbert.transformer.layer.0.sa_layer_norm.weight',
    'distilbert.transformer.layer.0.output_layer_norm.weight',
    'vocab_layer_norm.weight',
    'classifier.weight',
  ])
    assert.ok(!hasNoDecay(name), name);
});
