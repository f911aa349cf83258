import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RunSummary } from '../../trainer-core/protocol/dashboardMessages.js';
import type { DeviceReport } from '../../trainer-core/protocol/devices.js';
import { idleGpu, isOnProcessor, mayAsk, NOT_NOW_MS } from './idleGpu.js';

const report = (name: DeviceReport['name'], more: Partial<DeviceReport> = {}): DeviceReport => ({
  name,
  runtime: 'onnxruntime',
  backend: name === 'cpu' ? 'CPU' : 'Vulkan',
  description: name,
  available: true,
  reason: null,
  chosen: false,
  software: false,
  memoryBytes: null,
  driver: null,
  fp16: null,
  limits: { maxBufferSizeBytes: null },
  measured: null,
  ...more,
});
const timed = (milliseconds: number) => ({ milliseconds, measuredAt: '2026-01-01T00:00:00Z' });
const cpu = report('cpu');

describe('idleGpu', () => {
  it('is the GPU that auto takes', () => {
    const reports = [cpu, report('webgpu'), report('cuda', { chosen: true })];
    assert.equal(idleGpu(reports)?.name, 'cuda');
  });

  it('is the first that is there where nothing was timed', () => {
    assert.equal(idleGpu([report('cpu', { chosen: true }), report('webgpu')])?.name, 'webgpu');
    assert.equal(idleGpu([cpu, report('webgpu', { software: true }), report('cuda')])?.name, 'cuda');
  });

  it('is none where the processor was timed to be faster', () => {
    const reports = [report('cpu', { chosen: true, measured: timed(10) }), report('webgpu', { measured: timed(30) })];
    assert.equal(idleGpu(reports), undefined);
  });

  it('is none that is missing or emulated', () => {
    const missing = report('cuda', { available: false, reason: { code: 'noAdapter' } });
    const emulated = report('webgpu', { software: true });
    assert.equal(idleGpu([cpu, missing, emulated]), undefined);
    assert.equal(idleGpu([cpu, report('webgpu', { software: true, chosen: true })]), undefined);
    assert.equal(idleGpu([]), undefined);
  });
});

it('asks once; "Not now" holds for a while, anything else for good', () => {
  assert.ok(mayAsk(undefined, 5));
  assert.ok(!mayAsk('never', Number.MAX_SAFE_INTEGER));
  assert.ok(!mayAsk({ notBefore: NOT_NOW_MS }, NOT_NOW_MS - 1));
  assert.ok(mayAsk({ notBefore: NOT_NOW_MS }, NOT_NOW_MS));
});

it('only a run that goes on, on the processor, lets a GPU stand idle', () => {
  const run = (status: RunSummary['status'], device: RunSummary['device']) => ({ status, device }) as RunSummary;
  const processor = { name: 'cpu', description: 'A processor' };
  assert.ok(isOnProcessor(run('running', processor)));
  assert.ok(!isOnProcessor(run('finished', processor)));
  assert.ok(!isOnProcessor(run('running', { name: 'webgpu', description: '' })));
  assert.ok(!isOnProcessor(run('running', null)));
});
