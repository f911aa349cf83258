import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as ort from 'onnxruntime-node';
import { Graph } from '../graph/graph.js';
import { EXECUTION_PROVIDERS, providerOf } from './executionProviders.js';
import { Program } from './program.js';
import { sessionOptions } from './sessionOptions.js';

const device = (name: 'cuda' | 'dml' | 'coreml' | 'webgpu' | 'tensorflow') => ({ name, description: '', threads: 1 });

test('providers that this package of onnxruntime was built with are known by the names that it gives them', () => {
  const built = ort.listSupportedBackends().map(({ name }) => name);
  assert.ok(built.includes('cpu'));
  for (const name of built.filter((name) => name !== 'tensorrt')) assert.ok(name in EXECUTION_PROVIDERS, name);
});

test('only a device that must compute everything itself refuses ops without a kernel', () => {
  const refuses = (name: Parameters<typeof device>[0]) => {
    const { session } = sessionOptions({ device: device(name) }, []).extra as { session: Record<string, string> };
    return session.disable_cpu_ep_fallback === '1';
  };
  assert.deepEqual(
    (['webgpu', 'cuda', 'dml', 'coreml'] as const).map((name) => refuses(name)),
    [true, false, false, false],
  );
});

test('a device of another runtime is a mistake of ours', () => {
  assert.throws(() => providerOf(device('tensorflow')), /TensorFlow/);
  assert.equal(providerOf(undefined), EXECUTION_PROVIDERS.cpu);
});

test('what onnxruntime says of a provider that is not here is an error with its words', async () => {
  const g = new Graph();
  g.output('y', g.input('x', [1]));
  const absent = process.platform === 'darwin' ? 'dml' : 'coreml';
  await assert.rejects(
    Program.compile(g, { device: device(absent) }),
    (error: { code?: string; data?: { reason: string } }) =>
      error.code === 'engineFailed' && new RegExp(absent, 'i').test(error.data?.reason ?? ''),
  );
});
