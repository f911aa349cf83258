import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultWords } from '../messages/deviceWords.js';
import type { DeviceFault, DeviceReport } from '../protocol/devices.js';
import { deviceList } from './deviceList.js';
import { displayWidth } from './width.js';

const GPU: DeviceReport = {
  name: 'webgpu',
  runtime: 'onnxruntime',
  backend: 'Direct3D 12',
  description: 'NVIDIA GeForce RTX 3080',
  available: true,
  reason: null,
  chosen: true,
  software: false,
  memoryBytes: 10 * 2 ** 30,
  driver: '591.44',
  fp16: true,
  limits: { maxBufferSizeBytes: 2 ** 31 },
  measured: { milliseconds: 4.321, measuredAt: '2026-11-29T00:00:00.000Z' },
};

/** One of each. */
const FAULTS: DeviceFault[] = [
  { code: 'notOnThisPlatform', platform: 'linux-arm64', platforms: ['win32-x64', 'win32-arm64', 'linux-x64'] },
  { code: 'noVulkanLoader', library: 'libvulkan.so.1' },
  { code: 'noVulkanDriver' },
  { code: 'driverTooOld', adapters: ['Intel(R) HD Graphics 4000 (IVB GT2)'] },
  { code: 'noAdapter' },
  { code: 'packageAbsent', package: '@tensorflow/tfjs-node-gpu' },
  { code: 'binariesAbsent', package: 'onnxruntime-node', files: ['libonnxruntime_providers_cuda.so'] },
  { code: 'failed', message: 'Program Cast requires f16 but the device does not support it.' },
  { code: 'crashed', signal: 'SIGSEGV', message: 'terminate called' },
  { code: 'timedOut', seconds: 30 },
  { code: 'disagrees', lossDifference: 0.5, gradientDifference: null, limit: 1e-3 },
];

test('what a device can do, in 80 columns, with a star for the one that auto takes', () => {
  assert.equal(
    deviceList([GPU], 'en'),
    `* webgpu      NVIDIA GeForce RTX 3080
              Direct3D 12, 10.0 GiB of memory, buffers up to 2.0 GiB, fp16,
              driver 591.44, 4.32 ms a timed step, "auto" takes this one
`,
  );
});

for (const language of ['en', 'ja'] as const) {
  test(`every reason has its words and its mend in 80 columns (${language})`, () => {
    for (const reason of FAULTS) {
      const missing = { ...GPU, available: false, chosen: false, description: '', reason };
      const lines = deviceList([missing], language).split('\n');
      for (const line of lines) assert.ok(displayWidth(line) <= 80, line);
      const { message, action } = faultWords(reason, language);
      const text = lines.join('').replaceAll(/\s/g, '');
      for (const words of [message, action]) assert.ok(text.includes(words.replaceAll(/\s/g, '')), words);
    }
  });
}
