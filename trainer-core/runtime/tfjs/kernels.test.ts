import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allCases, assertSameOutputs, caseBindings as bindings, buildCase } from '../../../test/support/opCases.js';
import { tensorsLeft, testTensorflow } from '../../../test/support/testTensorflow.js';
import { Program } from '../program.js';
import { tfjsKernels } from './kernels.js';
import { TfjsProgram } from './tfjsProgram.js';

/**
 * Sixteen roundings of a float32. Cases sum at most a few dozen products of numbers around 1, and both runtimes keep float32; the
 * greatest difference seen is 4.2e-7, in the gradient of LayerNormalization. A wrong formula or index is off by 1e-2 and more.
 */
const TOLERANCE = 2e-6;

for (const [op, cases] of allCases()) {
  test(`${op} and its gradient agree with onnxruntime`, async () => {
    assert.ok(cases.length > 0, `no case for ${op}`);
    for (const each of cases) {
      const { graph, feeds } = buildCase(op, each);
      const reference = await Program.compile(graph, { threads: 1 });
      const program = TfjsProgram.compile(testTensorflow, graph);
      const run = () => program.run(feeds, { bindings });
      assertSameOutputs(await run(), await reference.run(feeds, { bindings }), TOLERANCE, op);
      assert.deepEqual(await tensorsLeft(run, 2), [0, 0], `${op} frees what it makes`);
      await program.dispose();
      await reference.dispose();
    }
  });
}

test('there is a case for every op', () => {
  assert.deepEqual(
    allCases()
      .map(([op]) => op)
      .sort(),
    Object.keys(tfjsKernels).sort(),
  );
});

/** Looked up in the sources of @tensorflow/tfjs-node-gpu 4.22.0 (`dist/kernels`): its backend has these, and not all that tfjs-core has. */
const NATIVE_KERNELS =
  'Add BatchMatMul Cast Concat Equal Erf Exp ExpandDims GatherV2 Greater Identity Log Max Maximum Mean Multiply Neg OnesLike Range RealDiv Relu Reshape Rsqrt ScatterNd Select Slice Softmax SplitV Sqrt Square Sub Sum Tanh Tile TopK Transpose';

test('every op comes down to kernels that the native package has too', async () => {
  const used = new Set<string>();
  for (const [op, cases] of allCases()) {
    for (const each of cases) {
      const { graph, feeds } = buildCase(op, each);
      const program = TfjsProgram.compile(testTensorflow, graph);
      const profile = await testTensorflow.profile(async () => {
        await program.run(feeds, { bindings });
        return [];
      });
      // Names with `__op` are tfjs-core's own, made of other kernels.
      for (const name of profile.kernelNames) if (!name.endsWith('__op')) used.add(name);
      await program.dispose();
    }
  }
  assert.deepEqual([...used].sort(), NATIVE_KERNELS.split(' '));
});
