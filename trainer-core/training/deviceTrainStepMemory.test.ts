import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { countingTensors } from '../../test/support/liveTensors.js';
import { softwareGpu, useSoftwareVulkan } from '../../test/support/softwareVulkan.js';
import { classifierWeights, teacherInMemory, tinyConfig } from '../../test/support/tinyModels.js';
import { gemm } from '../graph/build.js';
import { Graph } from '../graph/graph.js';
import { dropout } from '../nn/layers.js';
import { crossEntropyRows, weightedSum } from '../nn/losses.js';
import { INITIAL_LOSS_SCALE } from '../optim/lossScale.js';
import { float32, int32 } from '../runtime/hostTensor.js';
import { DeviceTrainStep } from './deviceTrainStep.js';
import { TeacherProgram } from './teacher.js';
import { TEACHER } from './teacherGraph.js';

const skip = useSoftwareVulkan();

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** A classifier of a teacher's embeddings, of one weight and its bias. */
async function smallest() {
  const [size, classes] = [1024, 8];
  const config = tinyConfig('distilbert', { hiddenSize: size, layers: 0 });
  const reads = { transformed: false, last: false, states: [0], scores: [], relation: null };
  const teacher = await TeacherProgram.compile(
    teacherInMemory(config, classifierWeights({ ...config, labels: ['a', 'b'] })),
    false,
    reads,
    softwareGpu,
    softwareGpu,
  );
  const g = new Graph();
  const weight = g.parameter('weight', [classes, size]);
  const states = dropout({ g, training: true }, g.input(TEACHER.states(0), ['n', size]), 0.1);
  const logits = gemm(g, states, weight, g.parameter('bias', [classes]), { transB: true });
  const rows = crossEntropyRows(g, logits, g.input('labels', ['n'], 'int32'));
  const loss = weightedSum(g, rows, g.input('weights', ['n', 1]));
  const step = await DeviceTrainStep.create(
    {
      ...{ graph: g, loss, reported: { loss }, accumulate: true },
      weights: new Map([
        ['weight', { data: new Float32Array(classes * size), dims: [classes, size] }],
        ['bias', { data: new Float32Array(classes), dims: [classes] }],
      ]),
      adamw: { beta1: 0.9, beta2: 0.98, epsilon: 1e-6, weightDecay: 0.01, maxGradNorm: 5 },
    },
    softwareGpu,
  );
  // Of half precision all but its products: the device has none.
  step.half = () => ({});
  await step.usePrecision(INITIAL_LOSS_SCALE);
  return { teacher, step };
}

/** Texts of two pieces, and what is learned of them. */
const run = (ids: readonly [number, number], labels: readonly [number, number]) => ({
  encoder: { input_ids: int32(Int32Array.of(...ids), [1, 2]), position_ids: int32(Int32Array.of(0, 1), [2]) },
  student: { labels: int32(Int32Array.of(...labels), [2]), weights: float32(new Float32Array(2).fill(1 / 4), [2, 1]) },
});
const RUNS = [run([5, 6], [0, 3]), run([7, 8], [7, 1])];

test('2,000 steps leave the memory as a few hundred do', { skip }, async () => {
  await countingTensors(async (tensors) => {
    const { teacher, step } = await smallest();
    let count = 0;
    const losses: number[] = [];
    /** Tensors on the device, bytes of JavaScript's objects, and of all that is not JavaScript's heap, whose size goes up and down by itself. */
    const memoryAfter = async (steps: number) => {
      for (; count < steps; count++) {
        for (const [k, { encoder, student }] of RUNS.entries()) {
          const known = await teacher.run(encoder);
          await step.accumulate({ feeds: { ...student, ...known.feeds } }, 1, 2 * count + k);
          known.dispose();
        }
        const results = [...(await step.update(1e-3)), ...(count + 1 === steps ? await step.results() : [])];
        for (const { runs } of results) losses.push(runs.reduce((sum, { loss }) => sum + (loss as number), 0));
      }
      collect();
      const { rss, heapTotal, heapUsed } = process.memoryUsage();
      return { tensors: tensors.count, objects: heapUsed, rest: rss - heapTotal };
    };
    const warm = await memoryAfter(500);
    const end = await memoryAfter(2000);
    await step.dispose();
    await teacher.dispose();
    assert.equal(losses.length, 2000);
    assert.ok((losses.at(-1) as number) < (losses[0] as number) / 10, `${losses[0]} to ${losses.at(-1)}`);
    assert.equal(end.tensors, warm.tensors);
    assert.deepEqual([tensors.outlived, tensors.count], [0, 0]);
    // Measured: up to 1 MB, and a quarter of one. A tensor of a single number that each step leaves behind comes to 6 MB, and 3 MB.
    assert.ok(end.rest - warm.rest < 4e6, `${(end.rest - warm.rest) / 1e6} MB more`);
    assert.ok(end.objects - warm.objects < 1e6, `${(end.objects - warm.objects) / 1e6} MB more of objects`);
  });
});
