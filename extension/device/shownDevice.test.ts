import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { RunSummary } from '../../trainer-core/protocol/dashboardMessages.js';
import type { DeviceReport } from '../../trainer-core/protocol/devices.js';
import { shownDevice } from './shownDevice.js';

const known = [
  { name: 'cpu', description: 'A processor', chosen: false },
  { name: 'webgpu', description: 'A card', chosen: true },
] as DeviceReport[];
const run = (name: string, status: RunSummary['status'], device: RunSummary['device']) =>
  ({ name, status, device }) as RunSummary;
const card = { name: 'webgpu', description: 'A card' };

it('shows what auto takes once that is known', () => {
  assert.deepEqual(shownDevice(null, [], undefined), { automatic: true, device: undefined, run: undefined });
  assert.deepEqual(shownDevice(null, [], known), { automatic: true, device: card, run: undefined });
});

it('shows a device that is set, with its own name once that is known', () => {
  assert.deepEqual(shownDevice('webgpu', [], undefined).device, { name: 'webgpu', description: '' });
  assert.deepEqual(shownDevice('cpu', [], known), {
    automatic: false,
    device: { name: 'cpu', description: 'A processor' },
    run: undefined,
  });
});

it('shows what the running run computes on, whatever is set', () => {
  const runs = [run('old', 'running', null), run('a', 'running', card), run('b', 'running', known[0]!)];
  assert.deepEqual(shownDevice('cpu', runs, known), { automatic: false, device: card, run: 'a' });
  assert.equal(shownDevice('cpu', [run('a', 'finished', card)], known).run, undefined);
});
