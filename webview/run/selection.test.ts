import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { RunSummary } from '../../trainer-core/protocol/dashboardMessages.js';
import { MOST_SELECTED, toggled, validSelection } from './selection.js';

const run = (folder: string, status: RunSummary['status'] = 'finished') => ({ folder, status }) as RunSummary;

describe('the selection of runs', () => {
  it('keeps what is still there, in its order', () => {
    assert.deepEqual(validSelection(['/b', '/gone', '/a'], [run('/a'), run('/b')]), ['/b', '/a']);
  });

  it('falls back to the run that is going on, else to the newest', () => {
    assert.deepEqual(validSelection(['/gone'], [run('/new'), run('/on', 'running')]), ['/on']);
    assert.deepEqual(validSelection([], [run('/new'), run('/old')]), ['/new']);
    assert.deepEqual(validSelection([], []), []);
  });

  it('adds and takes away, but never the last and never too many', () => {
    assert.deepEqual(toggled(['/a'], '/b'), ['/a', '/b']);
    assert.deepEqual(toggled(['/a', '/b'], '/a'), ['/b']);
    assert.deepEqual(toggled(['/a'], '/a'), ['/a']);
    const many = Array.from({ length: MOST_SELECTED }, (_, index) => `/${index}`);
    assert.deepEqual(toggled(many, '/more'), many);
  });
});
