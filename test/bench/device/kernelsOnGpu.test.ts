import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { add, gemm, matMul, sumAll } from '../../../trainer-core/graph/build.js';
import { Graph } from '../../../trainer-core/graph/graph.js';
import { float32 } from '../../../trainer-core/runtime/hostTensor.js';
import { Program } from '../../../trainer-core/runtime/program.js';
import { useSoftwareVulkan } from '../../support/softwareVulkan.js';
import { profileOf, type TraceEvent } from './kernels.js';

test("a profile on a GPU has each dispatch by the GPU's own clock", { skip: useSoftwareVulkan() }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-profile-'));
  try {
    const g = new Graph();
    const [x, w] = [g.input('x', [16, 16]), g.input('w', [16, 16])];
    g.output('y', sumAll(g, add(g, matMul(g, gemm(g, x, w, null), w), x)));
    const device = { name: 'webgpu', description: '', threads: 1 } as const;
    const program = await Program.compile(g, { device, profileFile: join(folder, 'profile') });
    const ones = () => float32(new Float32Array(256).fill(1), [16, 16]);
    for (let i = 0; i < 3; i++) await program.run({ x: ones(), w: ones() });
    await program.dispose();
    const files = readdirSync(folder).map(
      (name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as TraceEvent[],
    );
    const { clock, kernels, matrixMs, hostMs } = profileOf(files, 3);
    assert.equal(clock, 'gpu');
    assert.ok(matrixMs > 0 && hostMs > 0);
    const products = kernels.filter(({ matrix }) => matrix);
    // The engine may join the second product with the addition.
    assert.equal(
      products.reduce((n, { count }) => n + count, 0),
      2,
    );
    assert.ok(kernels.some(({ name, count }) => name.startsWith('ReduceSum') && count === 1));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
