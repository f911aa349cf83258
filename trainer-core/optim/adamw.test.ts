import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../corpus/random.js';
import { AdamWKernel } from '../runtime/adamwKernel.js';
import { adamwNumbers, hasNoDecay } from './adamw.js';

/** More than two of the kernel's blocks, and no multiple of four. */
const SIZE = 10_003;
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

/** The kernel's own steps, over `SIZE` elements that begin at `offset` of larger blocks. */
function steps(settings: Settings, start: Float32Array, gradients: readonly Float32Array[], offset = 0) {
  const { learningRate, weightDecay, clip } = settings;
  const kernel = new AdamWKernel();
  const zeros = () => new Float32Array(SIZE + 2 * offset);
  const whole = { p: zeros(), g: zeros(), m: zeros(), v: zeros() };
  const part = (block: Float32Array) => block.subarray(offset, offset + SIZE);
  const blocks = { p: part(whole.p), g: part(whole.g), m: part(whole.m), v: part(whole.v) };
  blocks.p.set(start);
  for (const [at, gradient] of gradients.entries()) {
    blocks.g.set(gradient);
    kernel.update(blocks, adamwNumbers(settings, at + 1, learningRate, weightDecay, clip));
  }
  const around = Object.values(whole).flatMap((block) => [
    ...block.subarray(0, offset),
    ...block.subarray(offset + SIZE),
  ]);
  return { p: blocks.p, m: blocks.m, v: blocks.v, around };
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
  test(`${STEPS} steps agree with the paper in double precision, ${what}`, () => {
    const settings = { ...base, ...changes };
    const expected = reference(settings, start, gradients);
    const { p } = steps(settings, start, gradients);
    // The bound is on the weights' own scale: rounding of each step in float32.
    const worst = expected.reduce((max, x, i) => Math.max(max, Math.abs(x - (p[i] as number))), 0);
    assert.ok(worst < 3e-6, `greatest difference ${worst}`);
    if (settings.learningRate > 0) assert.ok(expected.some((x, i) => Math.abs(x - (start[i] as number)) > 0.01));
  });
}

test('nothing outside of the elements is written, and their place in memory changes no bit', () => {
  const settings = { ...base, weightDecay: 0.1 };
  const whole = steps(settings, start, gradients);
  const inside = steps(settings, start, gradients, 3);
  assert.deepEqual([inside.p, inside.m, inside.v], [whole.p, whole.m, whole.v]);
  assert.ok(inside.around.every((x) => x === 0));
});

test('every operation rounds to float32, as a graph of element-wise ops would', () => {
  const settings = { ...base, weightDecay: 0.1, clip: 0.5 };
  const [gradient] = gradients as [Float32Array];
  const { decayM, gradM, decayV, gradV, stepSize, epsilon, keep } = adamwNumbers(settings, 1, 0.01, 0.1, 0.5);
  const f = Math.fround;
  const expected = start.map((x, i) => {
    const g = gradient[i] as number;
    const m = f(f(0 * f(decayM)) + f(g * f(gradM)));
    const v = f(f(0 * f(decayV)) + f(f(g * g) * f(gradV)));
    return f(f(x * f(keep)) - f(f(m / f(f(Math.sqrt(v)) + f(epsilon))) * f(stepSize)));
  });
  assert.deepEqual(steps(settings, start, [gradient]).p, expected);
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
