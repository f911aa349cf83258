import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

test('TensorFlow.js is no part of what is shipped: its types are used, its code is the user’s', async () => {
  const { metafile } = await build({
    absWorkingDir: fileURLToPath(new URL('../../../../', import.meta.url)),
    entryPoints: ['trainer-core/runtime/program.ts'],
    external: ['onnxruntime-node'],
    bundle: true,
    metafile: true,
    write: false,
    platform: 'node',
    format: 'esm',
  });
  const files = Object.keys(metafile.inputs);
  assert.ok(files.includes('trainer-core/runtime/tfjs/kernels.ts'));
  assert.deepEqual(
    files.filter((file) => file.includes('@tensorflow')),
    [],
  );
});
