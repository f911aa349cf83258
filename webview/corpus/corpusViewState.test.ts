import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parseViewState } from './corpusViewState.js';

it('takes what was kept, and what it does not understand as at the first time', () => {
  assert.deepEqual(parseViewState(undefined), { scroll: 0, open: [] });
  const kept = { scroll: 640, open: ['lengthTable', 'making'] };
  assert.deepEqual(parseViewState(JSON.parse(JSON.stringify(kept))), kept);
  assert.deepEqual(parseViewState({ scroll: -3, open: ['nothing'] }), { scroll: 0, open: [] });
  assert.deepEqual(parseViewState({ scroll: 12, open: 'all' }), { scroll: 12, open: [] });
});
