import assert from 'node:assert/strict';
import { test } from 'node:test';
import { caseBindings as bindings, buildCase, differentiableCases, type OpCase } from '../../test/support/opCases.js';
import * as b from '../graph/build.js';
import { Graph } from '../graph/graph.js';
import type { DifferentiableOp, Value } from '../graph/ops.js';
import { float32, type HostTensor, int32 } from '../runtime/hostTensor.js';
import { Program } from '../runtime/program.js';
import { gradientRules } from './gradientRules.js';
import { gradients } from './gradients.js';

for (const op of Object.keys(gradientRules) as DifferentiableOp[]) {
  test(`the gradient of ${op} agrees with finite differences`, async () => {
    assert.ok(differentiableCases[op].length > 0, `no case for ${op}`);
    for (const each of differentiableCases[op]) await checkCase(op, each);
  });
}

async function checkCase(op: DifferentiableOp, each: OpCase) {
  const { graph, feeds, free } = buildCase(op, each);
  const program = await Program.compile(graph, { threads: 1 });
  const lossAt = async () => ((await program.run(feeds, { bindings })).loss as HostTensor).data[0] as number;
  const exact = await program.run(feeds, { bindings });
  for (const i of free) {
    const { data } = feeds[`x${i}`] as HostTensor;
    const got = (exact[`d${i}`] as HostTensor).data;
    for (let j = 0; j < data.length; j++) {
      const expected = await derivative(data as Float32Array, j, lossAt);
      const error = Math.abs((got[j] as number) - expected) / Math.max(1, Math.abs(expected));
      assert.ok(error < 1e-3, `${op}, input ${i}, element ${j}: rule ${got[j]}, differences ${expected}`);
    }
  }
  await program.dispose();
}

/** The fourth-order central difference of `f` in element `j`. */
async function derivative(data: Float32Array, j: number, f: () => Promise<number>): Promise<number> {
  const centre = data[j] as number;
  const at = async (offset: number) => {
    data[j] = centre + offset;
    return await f();
  };
  const h = 0.05;
  const slope = (8 * ((await at(h)) - (await at(-h))) - ((await at(2 * h)) - (await at(-2 * h)))) / (12 * h);
  data[j] = centre;
  return slope;
}

test('the padding row of an embedding gets no gradient, and a running sum is added to', async () => {
  const g = new Graph();
  const table = g.input('table', [3, 2]);
  const sum = g.input('sum', [3, 2]);
  const rows = g.input('rows', ['batch'], 'int32');
  const loss = b.sumAll(g, b.gather(g, table, rows, 0));
  const [d] = gradients(g, loss, [table], new Map([[table, sum]]));
  g.output('d', d as Value);
  const program = await Program.compile(g, { threads: 1 });
  const { d: got } = await program.run({
    rows: int32(Int32Array.of(0, 2, 2), [3]),
    sum: float32(Float32Array.of(10, 10, 20, 20, 30, 30), [3, 2]),
  });
  assert.deepEqual([...(got as HostTensor).data], [10, 10, 20, 20, 32, 32]);
  await program.dispose();
});
