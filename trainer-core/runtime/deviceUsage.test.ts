import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { cardOf, DeviceUsageSampler, sampleUsage } from './deviceUsage.js';
import type { CardReading } from './graphicsCards.js';

const card = (name: string, memoryUsedBytes: number, vendor: CardReading['vendor'] = 'nvidia'): CardReading => ({
  vendor,
  name,
  usage: { memoryUsedBytes },
});
const webgpu = (description: string) => ({ name: 'webgpu', description }) as const;

test('the card is known by its name, and of several of one name it is the fullest', () => {
  const cards = [card('NVIDIA T4', 5), card('NVIDIA L4', 1), card('NVIDIA L4', 3)];
  assert.equal(cardOf(webgpu('NVIDIA T4 (Vulkan)'), cards), cards[0]);
  assert.equal(cardOf(webgpu('nvidia l4'), cards), cards[2]);
  assert.equal(cardOf(webgpu(''), [card('', 1, 'amd')])?.vendor, 'amd');
});

test('where it could be one or another, none is told', () => {
  assert.equal(cardOf(webgpu('A graphics card'), [card('NVIDIA T4', 5), card('NVIDIA L4', 1)]), undefined);
  assert.equal(cardOf(webgpu(''), [card('NVIDIA T4', 5), card('', 1, 'amd')]), undefined);
  assert.equal(cardOf(webgpu('AMD Radeon'), [card('', 5, 'amd'), card('', 1, 'amd')]), undefined);
  assert.equal(cardOf(webgpu('NVIDIA T4'), []), undefined);
});

test('the load is the mean since it was last asked, the memory the last', async () => {
  const loads = [0.25, 0.75, 0.5];
  const read = async (): Promise<CardReading[]> => {
    const utilization = loads.shift();
    return [
      { vendor: 'nvidia', name: 'T4', usage: { memoryUsedBytes: loads.length, utilization: utilization ?? 0.125 } },
    ];
  };
  const sampler = new DeviceUsageSampler(webgpu('NVIDIA T4'), read, 5);
  assert.equal(sampler.take(), undefined);
  while (loads.length > 0) await sleep(1);
  sampler.stop();
  await sleep(5);
  const { memoryUsedBytes, utilization } = sampler.take() ?? {};
  assert.equal(memoryUsedBytes, 0);
  assert.ok(utilization! >= 0.4 && utilization! <= 0.5, String(utilization));
  // Nothing new since: what is known stands.
  assert.deepEqual(sampler.take(), { memoryUsedBytes, utilization });
});

test('asks only the vendor of the device, once where nothing is told, and none for what nobody tells of', async () => {
  const asked: unknown[] = [];
  const read = async (vendor?: unknown) => {
    asked.push(vendor);
    return [];
  };
  for (const device of [
    webgpu('AMD Radeon RX 7600'),
    webgpu('Intel Arc A770'),
    webgpu(''),
    { name: 'cuda', description: '' } as const,
    { name: 'tensorflow', description: 'TensorFlow 2.9.1' } as const,
  ])
    new DeviceUsageSampler(device, read, 1);
  await sleep(20);
  assert.deepEqual(asked, ['amd', undefined, 'nvidia', 'nvidia']);
});

test('a card that does not answer once is asked again', async () => {
  const answers: CardReading[][] = [[card('T4', 1)], [], [card('T4', 3)]];
  const sampler = new DeviceUsageSampler(webgpu(''), async () => answers.shift() ?? [card('T4', 4)], 2);
  while (answers.length > 0) await sleep(1);
  await sleep(10);
  sampler.stop();
  assert.deepEqual(sampler.take(), { memoryUsedBytes: 4 });
});

test('a reading that fails tells nothing, and ends nothing', async () => {
  let readings = 0;
  const read = async (): Promise<CardReading[]> => {
    if (++readings === 2) throw new Error('spawn ENOMEM');
    return [card('T4', Math.min(readings, 4))];
  };
  const sampler = new DeviceUsageSampler(webgpu(''), read, 1);
  while (readings < 4) await sleep(1);
  sampler.stop();
  assert.deepEqual(sampler.take(), { memoryUsedBytes: 4 });
});

test('a processor is not sampled', () => {
  assert.equal(sampleUsage({ name: 'cpu', description: 'NVIDIA Grace' }), undefined);
});
