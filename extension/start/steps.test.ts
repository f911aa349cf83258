import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type Moved, type Place, runSteps } from './steps.js';

/** Plays a user: each step does the next of these. */
function played(moves: Moved[], count: number) {
  const asked: Place[] = [];
  const step = async (place: Place) => {
    asked.push(place);
    return moves.shift() ?? 'cancel';
  };
  return { asked, steps: Array.from({ length: count }, () => step) };
}

it('goes forwards, back, and forwards again', async () => {
  const { asked, steps } = played(['next', 'next', 'back', 'next', 'next'], 3);
  assert.equal(await runSteps('T', steps), true);
  assert.deepEqual(
    asked.map(({ step }) => step),
    [1, 2, 3, 2, 3],
  );
  assert.deepEqual(asked[0], { title: 'T', step: 1, totalSteps: 3 });
});

it('ends when a step is cancelled, and stays at the first when there is no way back', async () => {
  const { asked, steps } = played(['back', 'next', 'cancel'], 3);
  assert.equal(await runSteps('T', steps), false);
  assert.deepEqual(
    asked.map(({ step }) => step),
    [1, 1, 2],
  );
});

it('passes over what is not to be asked, in the direction of the user', async () => {
  const { asked, steps } = played(['next', 'skip', 'back', 'skip', 'next', 'skip', 'next'], 3);
  assert.equal(await runSteps('T', steps), true);
  assert.deepEqual(
    asked.map(({ step }) => step),
    [1, 2, 3, 2, 1, 2, 3],
  );
});
