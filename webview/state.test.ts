import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parseState } from './state.js';

it('takes what was kept and what it does not understand as at the first time', () => {
  const first = parseState(undefined);
  assert.deepEqual(first.selected, []);
  assert.equal(first.zoom, null);
  const kept = { ...first, selected: ['/r'], smoothing: 0.6, zoom: [10, 20], hidden: ['ce'] };
  assert.deepEqual(parseState(JSON.parse(JSON.stringify(kept))), kept);
  assert.deepEqual(parseState({ ...kept, smoothing: 7, hidden: ['nothing'], zoom: 'all', more: 1 }), {
    ...kept,
    smoothing: 0,
    hidden: [],
    zoom: null,
  });
});
