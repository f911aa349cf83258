import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainEncoder } from '../../test/support/plainEncoder.js';
import { tinyConfig } from '../../test/support/tinyModels.js';
import { gradients } from '../autodiff/gradients.js';
import { tokenPositions } from '../classify/encoderFeeds.js';
import { Random } from '../corpus/random.js';
import { mul, sumAll } from '../graph/build.js';
import { Graph } from '../graph/graph.js';
import type { Value } from '../graph/ops.js';
import { float32, type HostTensor, int32 } from '../runtime/hostTensor.js';
import { Program } from '../runtime/program.js';
import type { ModelConfig } from './config.js';
import { depthOf, encoder, firstTokens } from './encoder.js';
import { initialParameters, parameterShapes } from './parameters.js';

const [BATCH, SEQUENCE] = [3, 7];
const LENGTHS = [7, 2, 5];

/** Sequences of several lengths, padded with `padding`. */
function feedsOf(config: ModelConfig, padding: number): Record<string, HostTensor> {
  const random = Random.fromSeed(2);
  const ids = new Int32Array(BATCH * SEQUENCE).fill(padding);
  const mask = new Float32Array(BATCH * SEQUENCE);
  LENGTHS.forEach((length, b) => {
    for (let s = 0; s < length; s++) {
      ids[b * SEQUENCE + s] = 5 + random.below(config.vocabSize - 5);
      mask[b * SEQUENCE + s] = 1;
    }
  });
  return {
    input_ids: int32(ids, [BATCH, SEQUENCE]),
    position_ids: int32(Int32Array.of(0, 1, 2, 3, 4, 5, 6), [SEQUENCE]),
    attention_mask: float32(mask, [BATCH, SEQUENCE]),
    first_tokens: int32(Int32Array.of(0, SEQUENCE, 2 * SEQUENCE), [BATCH]),
  };
}

interface Result {
  hidden: Float32Array;
  gradients: Map<string, Float32Array>;
}

/** The first tokens' last hidden states, and the gradients of a sum over them whose every element weighs differently. */
async function firstTokensOf(config: ModelConfig, firstTokenOnly: boolean, padding = 0): Promise<Result> {
  const g = new Graph();
  const ctx = { g, training: false };
  const { hidden, batch } = encoder(ctx, config, { firstTokenOnly });
  const last = hidden.at(-1) as Value;
  const first = firstTokenOnly ? last : firstTokens(ctx, last, batch);
  g.output('hidden', first);
  const loss = sumAll(g, mul(g, first, g.input('weights', [batch, config.hiddenSize])));
  const parameters = g.inputsOf('parameter');
  const dX = gradients(
    g,
    loss,
    parameters.map(({ value }) => value),
  );
  parameters.forEach(({ name }, i) => {
    g.output(`${name}.gradient`, dX[i] as Value);
  });
  const random = Random.fromSeed(8);
  const weights = initialParameters(parameterShapes(g), config, () => random.normal());
  const ofElements = Float32Array.from({ length: BATCH * config.hiddenSize }, (_, i) => Math.sin(i + 1));
  const program = await Program.compile(g, { threads: 1 });
  const outputs = await program.run({
    ...feedsOf(config, padding),
    ...Object.fromEntries(weights),
    weights: float32(ofElements, [BATCH, config.hiddenSize]),
  });
  await program.dispose();
  return {
    hidden: outputs.hidden?.data as Float32Array,
    gradients: new Map(parameters.map(({ name }) => [name, outputs[`${name}.gradient`]?.data as Float32Array])),
  };
}

function assertClose(got: Float32Array, expected: Float32Array, what: string): void {
  assert.equal(got.length, expected.length, what);
  // A gradient is a sum over tokens, so it is held against the largest of its tensor.
  const scale = expected.reduce((max, x) => Math.max(max, Math.abs(x)), 1);
  const worst = expected.reduce((max, x, i) => Math.max(max, Math.abs(x - (got[i] as number))), 0);
  assert.ok(worst <= 1e-6 * scale, `${what}: ${worst} of ${scale}`);
}

for (const modelType of ['bert', 'distilbert'] as const) {
  const config = tinyConfig(modelType);

  test(`${modelType}: the last layer worked out for first tokens alone is the whole one, forward and backward, with padding`, async () => {
    const whole = await firstTokensOf(config, false);
    const first = await firstTokensOf(config, true);
    assertClose(first.hidden, whole.hidden, 'hidden');
    assert.deepEqual([...first.gradients.keys()], [...whole.gradients.keys()]);
    for (const [name, expected] of whole.gradients) {
      // The bias of the keys shifts all scores alike and so changes nothing.
      if (!/key\.bias|k_lin\.bias/.test(name))
        assert.ok(
          expected.some((x) => Math.abs(x) > 1e-4),
          name,
        );
      assertClose(first.gradients.get(name) as Float32Array, expected, name);
    }
  });

  test(`${modelType}: what stands in the padding changes nothing, and gets no gradient`, async () => {
    const zeros = await firstTokensOf(config, true, 0);
    const others = await firstTokensOf(config, true, 4);
    assertClose(others.hidden, zeros.hidden, 'hidden');
    const words = `${modelType}.embeddings.word_embeddings.weight`;
    const gradient = others.gradients.get(words) as Float32Array;
    assert.ok(gradient.subarray(4 * config.hiddenSize, 5 * config.hiddenSize).every((x) => x === 0));
  });
}

test('the second text of a pair has the embedding of token type 1, and its gradient goes there', async () => {
  const config = tinyConfig('bert');
  const g = new Graph();
  const { hidden } = encoder({ g, training: false }, config, { tokenTypes: true });
  const last = hidden.at(-1) as Value;
  g.output('hidden', last);
  const table = g.inputsOf('parameter').find(({ name }) => name.includes('token_type'))!;
  const loss = sumAll(g, mul(g, last, g.input('weights', last.dims)));
  g.output('gradient', gradients(g, loss, [table.value])[0] as Value);
  const random = Random.fromSeed(8);
  const weights = initialParameters(parameterShapes(g), config, () => random.normal());
  const program = await Program.compile(g, { threads: 1 });
  const ids = [7, 9, 4, 6, 4];
  const types = [0, 0, 0, 1, 1];
  const feeds = {
    input_ids: int32(Int32Array.from(ids), [1, 5]),
    position_ids: int32(Int32Array.of(0, 1, 2, 3, 4), [5]),
    attention_mask: float32(new Float32Array(5).fill(1), [1, 5]),
    weights: float32(
      Float32Array.from({ length: 5 * config.hiddenSize }, (_, i) => Math.sin(i + 1)),
      [5, config.hiddenSize],
    ),
  };
  const run = (of: readonly number[]) =>
    program.run({ ...feeds, token_type_ids: int32(Int32Array.from(of), [1, 5]), ...Object.fromEntries(weights) });
  const pair = await run(types);
  const one = await run([0, 0, 0, 0, 0]);
  await program.dispose();
  const plain = (of?: readonly number[]) =>
    Float32Array.from((plainEncoder(config, weights, ids, of).hidden.at(-1) as number[][]).flat());
  assertClose(pair.hidden?.data as Float32Array, plain(types), 'pair');
  assertClose(one.hidden?.data as Float32Array, plain(), 'one text');
  assert.notDeepEqual(pair.hidden?.data, one.hidden?.data);
  const ofType = (outputs: typeof pair, type: number) =>
    (outputs.gradient?.data as Float32Array).subarray(type * config.hiddenSize, (type + 1) * config.hiddenSize);
  assert.ok(ofType(pair, 1).some((x) => Math.abs(x) > 1e-4));
  assert.ok(ofType(one, 1).every((x) => x === 0));
});

test('a sequence padded to the length of others has the hidden states it has alone', async () => {
  const config = tinyConfig('bert');
  const g = new Graph();
  const { hidden } = encoder({ g, training: false }, config);
  g.output('hidden', hidden.at(-1) as Value);
  const random = Random.fromSeed(8);
  const weights = Object.fromEntries(initialParameters(parameterShapes(g), config, () => random.normal()));
  const program = await Program.compile(g, { threads: 1 });
  const feeds = feedsOf(config, 0);
  const together = (await program.run({ ...feeds, ...weights })).hidden?.data as Float32Array;
  for (const [b, length] of LENGTHS.entries()) {
    const part = (tensor: HostTensor | undefined) =>
      tensor?.data.slice(b * SEQUENCE, b * SEQUENCE + length) as Int32Array & Float32Array;
    const alone = await program.run({
      ...weights,
      input_ids: int32(part(feeds.input_ids), [1, length]),
      position_ids: int32(
        Int32Array.from({ length }, (_, i) => i),
        [length],
      ),
      attention_mask: float32(part(feeds.attention_mask), [1, length]),
    });
    const start = b * SEQUENCE * config.hiddenSize;
    assertClose(
      together.subarray(start, start + length * config.hiddenSize),
      alone.hidden?.data as Float32Array,
      `sequence ${b}`,
    );
  }
  await program.dispose();
});

for (const modelType of ['bert', 'roberta', 'distilbert'] as const) {
  test(`${modelType}: hidden states, queries, keys, values and scores are those of a plain computation`, async () => {
    const padding = modelType === 'roberta' ? 1 : 0;
    const config = tinyConfig(modelType, { padTokenId: padding, maxPositions: 9, heads: 4 });
    const g = new Graph();
    const { hidden, layers } = encoder({ g, training: false }, config);
    hidden.forEach((value, i) => {
      g.output(`hidden.${i}`, value);
    });
    const parts = ['query', 'key', 'value', 'scores'] as const;
    layers.forEach((layer, i) => {
      for (const part of parts) g.output(`${part}.${i}`, layer[part]);
    });
    const random = Random.fromSeed(8);
    const weights = initialParameters(parameterShapes(g), config, () => random.normal());
    const program = await Program.compile(g, { threads: 1 });
    const feeds = feedsOf(config, padding);
    const ids = feeds.input_ids as HostTensor;
    const outputs = await program.run({ ...feeds, ...tokenPositions(ids, padding), ...Object.fromEntries(weights) });
    await program.dispose();

    const data = (name: string) => outputs[name]?.data as Float32Array;
    for (const [b, length] of LENGTHS.entries()) {
      const plain = plainEncoder(config, weights, [...ids.data.subarray(b * SEQUENCE, b * SEQUENCE + length)]);
      const start = b * SEQUENCE * config.hiddenSize;
      const rows = (name: string) => data(name).subarray(start, start + length * config.hiddenSize);
      plain.hidden.forEach((states, i) => {
        assertClose(rows(`hidden.${i}`), Float32Array.from(states.flat()), `hidden ${i} of sequence ${b}`);
      });
      plain.layers.forEach((layer, i) => {
        // Queries come divided by the root of the size of a head, which is 4.
        const query = layer.query.flat().map((x) => x / 2);
        assertClose(rows(`query.${i}`), Float32Array.from(query), `queries ${i} of sequence ${b}`);
        assertClose(rows(`key.${i}`), Float32Array.from(layer.key.flat()), `keys ${i} of sequence ${b}`);
        assertClose(rows(`value.${i}`), Float32Array.from(layer.value.flat()), `values ${i} of sequence ${b}`);
        layer.scores.forEach((scores, a) => {
          scores.forEach((expected, query) => {
            const at = ((b * config.heads + a) * SEQUENCE + query) * SEQUENCE;
            const got = data(`scores.${i}`).subarray(at, at + length);
            assertClose(got, Float32Array.from(expected), `scores ${i} of sequence ${b}, head ${a}`);
          });
        });
      });
    }
  });
}

test("RoBERTa's positions count the pieces that are no padding", () => {
  // Hugging Face's create_position_ids_from_input_ids with padding_idx 1 gives [2 3 4 1 1] and [2 1 3 1 4] for these: 1 more.
  const ids = int32(Int32Array.of(0, 7, 2, 1, 1, 5, 1, 6, 1, 7), [2, 5]);
  const { token_positions: positions } = tokenPositions(ids, 1);
  assert.deepEqual(positions?.dims, [2, 5]);
  assert.deepEqual([...(positions?.data ?? [])], [1, 2, 3, 0, 0, 1, 0, 2, 0, 3]);
});

test('depth counts from the embeddings over the layers to the head, in every family', () => {
  for (const [type, layer, head] of [
    ['bert', 'bert.encoder.layer', 'bert.pooler.dense.weight'],
    ['roberta', 'roberta.encoder.layer', 'classifier.out_proj.bias'],
    ['distilbert', 'distilbert.transformer.layer', 'pre_classifier.weight'],
  ] as const) {
    const config = tinyConfig(type, { layers: 12 });
    const depth = (name: string) => depthOf(name, config);
    assert.equal(depth(`${type}.embeddings.word_embeddings.weight`), 0);
    assert.equal(depth(`${type}.embeddings.LayerNorm.bias`), 0);
    for (const i of [0, 1, 10, 11]) assert.equal(depth(`${layer}.${i}.output.dense.weight`), i + 1);
    assert.deepEqual([depth(head), depth('classifier.weight')], [13, 13]);
  }
});
