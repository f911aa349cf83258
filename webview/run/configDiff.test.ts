import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { settingRows } from './configDiff.js';

describe('settingRows', () => {
  it('lists what matters of one run, without what is not set', () => {
    const rows = settingRows([
      { logSteps: 10, seed: 56, teacher: '/t', student: { layers: 6, hidden: null }, corpus: ['a', 'b'] },
    ]);
    assert.deepEqual(rows, [
      { key: 'teacher', values: ['/t'] },
      { key: 'corpus', values: ['a, b'] },
      { key: 'student.layers', values: ['6'] },
      { key: 'seed', values: ['56'] },
    ]);
  });

  it('lists what differs between several', () => {
    const rows = settingRows([
      { seed: 56, student: { layers: 6 }, temperature: 2, logSteps: 10 },
      { seed: 56, student: { layers: 3 }, logSteps: 20 },
    ]);
    assert.deepEqual(rows, [
      { key: 'student.layers', values: ['6', '3'] },
      { key: 'temperature', values: ['2', undefined] },
      { key: 'logSteps', values: ['10', '20'] },
    ]);
  });

  it('has nothing to list without runs', () => {
    assert.deepEqual(settingRows([]), []);
  });
});
