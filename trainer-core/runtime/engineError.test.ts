import assert from 'node:assert/strict';
import { test } from 'node:test';
import { softwareGpu, useSoftwareVulkan } from '../../test/support/softwareVulkan.js';
import { add, expand } from '../graph/build.js';
import { Graph } from '../graph/graph.js';
import { hasCode, TrainerError } from '../protocol/errors.js';
import { engineError } from './engineError.js';
import { float32 } from './hostTensor.js';
import { Program } from './program.js';

const skip = useSoftwareVulkan();

test('a GPU without room says so, whether the result is to stay there or not, and goes on', { skip }, async () => {
  const graph = new Graph();
  graph.output('y', add(graph, expand(graph, graph.input('x', [1]), ['n']), 1));
  for (const keep of [[], ['y']]) {
    const program = await Program.compile(graph, { device: softwareGpu, keep });
    const feeds = { x: float32(Float32Array.of(2), [1]) };
    // 1.2 GB are more than SwiftShader gives at once.
    await assert.rejects(program.runKeeping(feeds, { bindings: { n: 300_000_000 } }), (error) => {
      return hasCode(error, 'outOfMemory');
    });
    const { outputs, kept } = await program.runKeeping(feeds, { bindings: { n: 3 } });
    assert.deepEqual([Object.keys(outputs), Object.keys(kept)], keep.length > 0 ? [[], ['y']] : [['y'], []]);
    if (outputs.y) assert.deepEqual([...outputs.y.data], [3, 3, 3]);
    kept.y?.dispose();
    await program.dispose();
  }
});

/** As onnxruntime 1.30 throws it after a driver's VK_ERROR_DEVICE_LOST, recorded with a Vulkan driver that was made to say so. */
const LOST =
  '/onnxruntime_src/onnxruntime/core/providers/webgpu/buffer_manager.cc:641 void onnxruntime::webgpu::BufferManager::Download(WGPUBuffer, void*, size_t) const map_async_result.status == wgpu::MapAsyncStatus::Success was false. Failed to download data from buffer. wgpu::MapAsyncStatus value: 4, message: [Device] is lost.\n\n';

test('a lost GPU is told apart from one without room, in its own words', () => {
  const error = engineError(new Error(LOST));
  assert.ok(error instanceof TrainerError && hasCode(error, 'deviceLost'));
  assert.equal(error.data.reason, '[Device] is lost');
  assert.ok(hasCode(engineError(new Error('WebGPU device lost (3): DXGI_ERROR_DEVICE_REMOVED')), 'deviceLost'));
  for (const [code, messages] of Object.entries({
    deviceLost: [
      '887A0005 The GPU device instance has been suspended. Use GetDeviceRemovedReason to determine the appropriate action.',
      'CUDA failure 719: unspecified launch failure ; GPU=0',
    ],
    outOfMemory: [
      'std::bad_alloc',
      'CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED ; GPU=0',
      'CUDA failure 2: out of memory ; GPU=0',
      'Invalid TF_Status: 8\nMessage: OOM when allocating tensor with shape[64,512,3072] and type float on /job:localhost/replica:0/task:0/device:GPU:0 by allocator GPU_0_bfc',
      '8007000E Not enough memory resources are available to complete this operation.',
    ],
    engineFailed: ['CUDA failure 7190: x'],
  } as const))
    for (const message of messages) assert.equal(engineError(new Error(message)).code, code, message);
  assert.ok(hasCode(engineError(new Error('Invalid rank')), 'engineFailed'));
});
