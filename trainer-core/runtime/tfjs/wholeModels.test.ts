import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertSameOutputs } from '../../../test/support/opCases.js';
import { tensorflowDevice } from '../../../test/support/testTensorflow.js';
import { tinyConfig } from '../../../test/support/tinyModels.js';
import { classificationFeeds } from '../../classify/classificationGraph.js';
import { tokenPositions } from '../../classify/encoderFeeds.js';
import { Random } from '../../corpus/random.js';
import { Graph } from '../../graph/graph.js';
import { encoder } from '../../models/encoder.js';
import { initialParameters, parameterShapes } from '../../models/parameters.js';
import type { HostTensor } from '../hostTensor.js';
import { Program } from '../program.js';

const device = tensorflowDevice();

for (const modelType of ['bert', 'roberta', 'distilbert'] as const) {
  test(`every layer of a ${modelType} is that of onnxruntime`, async () => {
    const config = tinyConfig(modelType, { layers: 3 });
    const g = new Graph();
    encoder({ g, training: false }, config, {}).hidden.forEach((hidden, layer) => {
      g.output(`hidden ${layer}`, hidden);
    });
    const random = Random.fromSeed(3);
    const weights = initialParameters(parameterShapes(g), config, () => random.normal());
    const ids = Int32Array.from({ length: 3 * 7 }, () => 5 + random.below(config.vocabSize - 5));
    const lengths = Int32Array.of(7, 2, 5);
    const batch = { batchSize: 3, sequenceLength: 7, ids, lengths, wordStarts: new Uint8Array(ids.length) };
    const inputs = classificationFeeds(batch);
    const positions = tokenPositions(inputs.input_ids as HostTensor, config.padTokenId);
    const feeds = { ...Object.fromEntries(weights), ...inputs, ...positions };
    const program = await Program.compile(g, { device });
    const reference = await Program.compile(g, { threads: 1 });
    const expected = await reference.run(feeds);
    assert.equal(Object.keys(expected).length, config.layers + 1);
    // Layers normalise what they give, so roundings stay as small as those of single ops and only grow with the number of layers.
    assertSameOutputs(await program.run(feeds), expected, 1e-5, modelType);
    await Promise.all([program.dispose(), reference.dispose()]);
  });
}
