import assert from 'node:assert/strict';
import { it } from 'node:test';
import { concernsDevice } from './deviceErrors.js';

it('another device is offered where the device is what failed, and for memory only on a GPU', () => {
  assert.ok(concernsDevice('deviceLost'));
  assert.ok(concernsDevice('deviceUnavailable', 'cpu'));
  assert.ok(concernsDevice('outOfMemory', 'webgpu'));
  assert.ok(!concernsDevice('outOfMemory', 'cpu'));
  assert.ok(!concernsDevice('outOfMemory', null));
  assert.ok(!concernsDevice('diskFull', 'webgpu'));
  assert.ok(!concernsDevice(null));
  assert.ok(!concernsDevice(undefined));
});
