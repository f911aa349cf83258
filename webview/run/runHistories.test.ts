import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RunHistories } from './runHistories.js';

const lines = (...steps: number[]) =>
  steps
    .map((globalStep) => `${JSON.stringify({ type: 'step', globalStep, losses: { total: globalStep } })}\n`)
    .join('');
const piece = (reset: boolean, complete: boolean, ...steps: number[]) =>
  ({ type: 'metrics', folder: '/r', reset, complete, lines: lines(...steps) }) as const;

describe('RunHistories', () => {
  it('shows a first history as it comes in', () => {
    const histories = new RunHistories();
    histories.append(piece(true, false, 1, 2));
    assert.equal(histories.get('/r')?.history.lastStep, 2);
    assert.equal(histories.get('/r')?.complete, false);
    histories.append(piece(false, true, 3));
    assert.equal(histories.get('/r')?.history.lastStep, 3);
    assert.equal(histories.get('/r')?.complete, true);
  });

  it('replaces a known history only when the new one is whole', () => {
    const histories = new RunHistories();
    histories.append(piece(true, true, 1, 2, 3));
    histories.append(piece(true, false, 1));
    assert.equal(histories.get('/r')?.history.lastStep, 3);
    histories.append(piece(false, true, 2));
    assert.equal(histories.get('/r')?.history.lastStep, 2);
  });

  it('forgets runs that are no longer shown', () => {
    const histories = new RunHistories();
    histories.append(piece(true, true, 1));
    histories.keepOnly(['/other']);
    assert.equal(histories.get('/r'), undefined);
  });
});
