import assert from 'node:assert/strict';
import { test } from 'node:test';
import { useSoftwareVulkan } from '../../test/support/softwareVulkan.js';
import { hasCode } from '../protocol/errors.js';
import { cpuDevice, type Device } from './devices.js';
import { hasHalfPrecision, resolvePrecision } from './halfPrecision.js';

const skip = useSoftwareVulkan();
const WEBGPU: Device = { name: 'webgpu', description: 'Vulkan in software', threads: 1 };

test('the processor has no half precision: auto is fp32, and fp16 is refused', async () => {
  assert.equal(await resolvePrecision('auto', cpuDevice()), 'fp32');
  assert.equal(await resolvePrecision('fp32', cpuDevice()), 'fp32');
  await assert.rejects(
    resolvePrecision('fp16', cpuDevice()),
    (error) =>
      hasCode(error, 'precisionUnavailable') &&
      error.data.device === 'cpu' &&
      error.data.available.join(' ') === 'auto fp32',
  );
});

test('a GPU without shader-f16 is found out, and goes on in single precision', { skip }, async () => {
  assert.equal(await hasHalfPrecision(WEBGPU), false);
  assert.equal(await resolvePrecision('auto', WEBGPU), 'fp32');
  await assert.rejects(resolvePrecision('fp16', WEBGPU), (error) => hasCode(error, 'precisionUnavailable'));
});
