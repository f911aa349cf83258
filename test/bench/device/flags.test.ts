import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deviceOptions } from './flags.js';

test('by default a GPU is compared at the size of DistilBERT-base with PyTorch on CUDA as tuned as it goes', () => {
  const options = deviceOptions({ device: 'webgpu', 'vs-torch': true, batch: '32,128' }, 'command');
  assert.deepEqual(options, {
    device: 'webgpu',
    modes: ['finetune', 'distill', 'infer'],
    batches: [32, 128],
    precisions: ['fp32'],
    torch: { device: 'cuda', arithmetic: ['fp32', 'tf32', 'bf16'], attention: 'sdpa' },
    rounds: 3,
    sizes: { seq: 128, layers: 6, teacherLayers: 12, hidden: 768, heads: 12, ffn: 3072, vocab: 32_000 },
    steps: null,
    warmup: null,
    probeSize: 4096,
    out: null,
    command: 'command',
  });
});

test('the CPU is compared with PyTorch on the CPU; without --vs-torch with nothing', () => {
  const { torch, probeSize } = deviceOptions({ device: 'cpu', 'vs-torch': true }, '');
  assert.deepEqual(torch, { device: 'cpu', arithmetic: ['fp32'], attention: 'eager' });
  assert.equal(probeSize, 1024);
  assert.equal(deviceOptions({ device: 'cpu' }, '').torch, null);
});

test('lists and sizes are read, and what is not known is refused by its flag', () => {
  const given = { device: 'webgpu', mode: 'infer,distill', precision: 'fp32,fp16', hidden: '64', rounds: '1' };
  const { modes, precisions, sizes, rounds } = deviceOptions(given, '');
  assert.deepEqual([modes, precisions, sizes.hidden, rounds], [['infer', 'distill'], ['fp32', 'fp16'], 64, 1]);
  assert.throws(() => deviceOptions({ device: 'gpu' }, ''), /--device gpu: one of cpu, webgpu/);
  assert.throws(() => deviceOptions({ device: 'cpu', mode: 'teacher' }, ''), /--mode teacher/);
  assert.throws(() => deviceOptions({ device: 'cpu', steps: '1.5' }, ''), /--steps 1\.5/);
  assert.throws(() => deviceOptions({ device: 'cpu', batch: '32,x' }, ''), /--batch x/);
});
