import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { softwareGpu, useSoftwareVulkan } from '../../test/support/softwareVulkan.js';
import { gemm } from '../graph/build.js';
import { Graph } from '../graph/graph.js';
import { crossEntropyRows, weightedSum } from '../nn/losses.js';
import { float32, int32 } from '../runtime/hostTensor.js';
import { createTrainStep } from './trainStep.js';

const skip = useSoftwareVulkan();

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

test('2,000 steps leave the memory as a few hundred do', { skip }, async () => {
  const [rows, size, classes] = [4, 1024, 8];
  const g = new Graph();
  const x = g.input('x', ['n', size]);
  const logits = gemm(g, x, g.parameter('weight', [classes, size]), null, { transB: true });
  const loss = weightedSum(
    g,
    crossEntropyRows(g, logits, g.input('labels', ['n'], 'int32')),
    g.input('weights', ['n', 1]),
  );
  const step = await createTrainStep({
    graph: g,
    loss,
    reported: { loss },
    weights: new Map([['weight', { data: new Float32Array(classes * size), dims: [classes, size] }]]),
    adamw: { beta1: 0.9, beta2: 0.98, epsilon: 1e-6, weightDecay: 0, maxGradNorm: 5 },
    accumulate: true,
    device: softwareGpu,
  });
  const feeds = {
    x: float32(
      Float32Array.from({ length: rows * size }, (_, i) => Math.sin(i)),
      [rows, size],
    ),
    labels: int32(Int32Array.of(0, 3, 7, 1), [rows]),
    weights: float32(new Float32Array(rows).fill(1 / rows), [rows, 1]),
  };
  let count = 0;
  const losses: number[] = [];
  /** Bytes of JavaScript's objects, and of all that is not JavaScript's heap, whose size goes up and down by itself. */
  const memoryAfter = async (steps: number) => {
    for (; count < steps; count++) {
      await step.accumulate({ feeds }, 1, count);
      for (const result of await step.update(1e-3)) losses.push(result.runs[0]?.loss as number);
    }
    for (const result of await step.results()) losses.push(result.runs[0]?.loss as number);
    collect();
    const { rss, heapTotal, heapUsed } = process.memoryUsage();
    return { objects: heapUsed, rest: rss - heapTotal };
  };
  const warm = await memoryAfter(500);
  const end = await memoryAfter(2000);
  await step.dispose();
  assert.equal(losses.length, 2000);
  assert.ok((losses.at(-1) as number) < (losses[0] as number) / 10);
  // One tensor of 32 KB that is left behind by each step would come to 49 MB, an object of 1 KB to 1.5 MB.
  assert.ok(end.rest - warm.rest < 16e6, `${(end.rest - warm.rest) / 1e6} MB more`);
  assert.ok(end.objects - warm.objects < 1e6, `${(end.objects - warm.objects) / 1e6} MB more of objects`);
});
