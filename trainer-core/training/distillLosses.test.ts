import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tinyConfig } from '../../test/support/tinyModels.js';
import type { ModelConfig } from '../models/config.js';
import { distillConfig } from '../protocol/distillConfig.js';
import { hasCode } from '../protocol/errors.js';
import { distillLosses } from './distillLosses.js';
import { teacherReads } from './lossSettings.js';

const base = tinyConfig('bert', { layers: 12, hiddenSize: 768, heads: 12 });
const student = tinyConfig('distilbert', { layers: 6, hiddenSize: 384, heads: 6 });
const losses = (settings: object, of: ModelConfig = student, teacher: ModelConfig = base) =>
  distillLosses(distillConfig.parse({ teacher: 't', corpus: ['c'], ...settings }), of, teacher, 'f');

test('what is left out follows from the models', () => {
  assert.deepEqual(losses({}).weights, { ce: 5, mlm: 2, clm: 0, mse: 0, cos: 1, hidden: 0, attention: 0, relation: 0 });
  assert.equal(losses({}).matchedLayers, undefined);
  assert.deepEqual(losses({ alphaHidden: [1, 0] }).matchedLayers, [1, 3, 5, 7, 9, 11]);
  assert.deepEqual(losses({ alphaRelation: 1 }).relation, { teacherLayer: 11, heads: 48 });
  const large = tinyConfig('bert', { layers: 24, hiddenSize: 1024, heads: 16 });
  assert.deepEqual(losses({ alphaRelation: 1 }, student, large).relation, { teacherLayer: 20, heads: 64 });
});

test('of the teacher only what a loss reads is worked out', () => {
  const nothing = { transformed: false, last: false, states: [], scores: [], relation: null };
  const off = { alphaCe: 0, alphaMlm: 0, alphaCos: 0 };
  assert.deepEqual(teacherReads(losses({ ...off, alphaMlm: 1 })), nothing);
  assert.deepEqual(teacherReads(losses({})), { ...nothing, transformed: true, last: true });
  assert.deepEqual(teacherReads(losses({ ...off, alphaRelation: 1 })), { ...nothing, relation: 11 });
  const three = { ...student, layers: 3 };
  assert.deepEqual(teacherReads(losses({ ...off, alphaHidden: 1 }, three)), { ...nothing, states: [0, 4, 8, 12] });
});

test('what does not fit is refused by its settings', () => {
  const reasonOf = (settings: object, of = student) => {
    try {
      losses(settings, of);
    } catch (error) {
      if (hasCode(error, 'configImpossible') && error.data.file === 'f') return [error.data.reason, error.data.keys[0]];
      throw error;
    }
    return null;
  };
  const heads12 = { ...student, heads: 12 };
  assert.equal(reasonOf({ alphaAttention: 1 }, heads12), null);
  assert.deepEqual(reasonOf({ alphaAttention: 1 }), ['attention-heads-differ', 'alphaAttention']);
  assert.deepEqual(reasonOf({ alphaHidden: 1, matchedLayers: [0] }), ['layers-not-in-teacher', 'matchedLayers']);
  assert.deepEqual(reasonOf({ alphaHidden: 1, matchedLayers: [0, 1, 2, 3, 4, 12] }), [
    'layers-not-in-teacher',
    'matchedLayers',
  ]);
  // Settings of a loss that is off are of no matter.
  assert.equal(reasonOf({ matchedLayers: [0], relationHeads: 5, teacherRelationLayer: 50 }), null);
  assert.deepEqual(reasonOf({ alphaRelation: 1, relationHeads: 5 }), ['relation-heads-do-not-divide', 'relationHeads']);
  const odd = { ...student, hiddenSize: 300 };
  assert.deepEqual(reasonOf({ alphaRelation: 1 }, odd), ['relation-heads-do-not-divide', 'relationHeads']);
  assert.equal(reasonOf({ alphaRelation: 1, relationHeads: 12 }, odd), null);
  assert.deepEqual(reasonOf({ alphaRelation: 1, teacherRelationLayer: 12 }), [
    'layers-not-in-teacher',
    'teacherRelationLayer',
  ]);
});
