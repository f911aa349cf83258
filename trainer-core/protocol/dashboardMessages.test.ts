import assert from 'node:assert/strict';
import { it } from 'node:test';
import { dashboardMessage } from './dashboardMessages.js';

const accepts = (message: unknown) => dashboardMessage.safeParse(message).success;

it('takes the messages of the dashboard', () => {
  for (const message of [
    { type: 'ready' },
    { type: 'follow', folders: ['/runs/wiki'] },
    { type: 'command', command: 'startDistillation' },
    { type: 'runAction', action: 'stop', folder: '/runs/wiki' },
    { type: 'openExample', folder: '/runs/wiki', split: 'test', line: 12 },
  ]) {
    assert.equal(accepts(message), true, JSON.stringify(message));
  }
});

it('takes nothing else', () => {
  for (const message of [
    undefined,
    null,
    'ready',
    {},
    { type: 'unknown' },
    { type: 'toString' },
    { type: 'follow', folders: [7] },
    { type: 'command', command: 'deleteEverything' },
    { type: 'runAction', action: 'stop', folder: '/runs/wiki', more: true },
    { type: 'openExample', folder: '/runs/wiki', split: '../test', line: 0 },
  ]) {
    assert.equal(accepts(message), false, JSON.stringify(message));
  }
});
