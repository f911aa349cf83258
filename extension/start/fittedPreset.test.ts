import assert from 'node:assert/strict';
import { it } from 'node:test';
import { fittedPreset } from './fittedPreset.js';

it('gives a student no more than half the layers of its teacher', () => {
  const recommended = { student: { layers: 6 }, numEpochs: 3 };
  assert.deepEqual(fittedPreset(recommended, 12), recommended);
  assert.deepEqual(fittedPreset(recommended, 4), { student: { layers: 2 }, numEpochs: 3 });
  assert.deepEqual(fittedPreset(recommended, 1), { student: { layers: 1 }, numEpochs: 3 });
});

it('leaves a student of random weights and one that exists alone', () => {
  const published = { student: { layers: 6 }, studentInit: 'random' };
  assert.deepEqual(fittedPreset(published, 4), published);
  assert.deepEqual(fittedPreset({ student: 'student' }, 4), { student: 'student' });
});
