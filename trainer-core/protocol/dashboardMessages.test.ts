import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isDashboardMessage } from './dashboardMessages.js';

it('takes the messages of the dashboard', () => {
  for (const message of [
    { type: 'ready' },
    { type: 'startDistillation' },
    { type: 'revealRun', folder: '/runs/wiki' },
  ]) {
    assert.equal(isDashboardMessage(message), true, JSON.stringify(message));
  }
});

it('takes nothing else', () => {
  for (const message of [
    undefined,
    null,
    'ready',
    {},
    { type: 'unknown' },
    { type: 'revealRun' },
    { type: 'revealRun', folder: 7 },
    { type: 'toString' },
  ]) {
    assert.equal(isDashboardMessage(message), false, JSON.stringify(message));
  }
});
