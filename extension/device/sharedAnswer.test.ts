import assert from 'node:assert/strict';
import { it } from 'node:test';
import { SharedAnswer } from './sharedAnswer.js';

/** A question that the test answers; `asked` has the ways to, in order. */
function question() {
  const asked: { anew: boolean; resolve: (answer: string) => void; reject: (error: Error) => void }[] = [];
  let changes = 0;
  const shared = new SharedAnswer<string>(
    (anew) => new Promise((resolve, reject) => asked.push({ anew, resolve, reject })),
    () => changes++,
  );
  return { shared, asked, changes: () => changes };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

it('all who ask share one answer, then and later', async () => {
  const { shared, asked, changes } = question();
  const both = [shared.ask(), shared.ask()];
  await turn();
  assert.equal(shared.known, undefined);
  asked[0]?.resolve('a card');
  assert.deepEqual(await Promise.all([...both, shared.ask()]), ['a card', 'a card', 'a card']);
  assert.deepEqual([shared.known, asked.length, changes()], ['a card', 1, 1]);
});

it('what is known is asked again where it is not enough', async () => {
  const { shared, asked } = question();
  const first = shared.ask();
  await turn();
  asked[0]?.resolve('a card');
  assert.equal(await first, 'a card');
  assert.equal(await shared.ask(false, (known) => known === 'a card'), 'a card');
  const second = shared.ask(false, (known) => known === 'two cards');
  await turn();
  assert.deepEqual([asked.length, asked[1]?.anew, shared.known], [2, false, 'a card']);
  asked[1]?.resolve('two cards');
  assert.equal(await second, 'two cards');
});

it('looking anew joins none that remembers, waits for it, and is what is known then', async () => {
  const { shared, asked } = question();
  const before = shared.ask();
  const anew = [shared.ask(true), shared.ask(true), shared.ask()];
  await turn();
  assert.equal(asked.length, 1);
  asked[0]?.resolve('a card');
  assert.equal(await before, 'a card');
  await turn();
  assert.equal(shared.known, undefined);
  assert.deepEqual(
    asked.map((each) => each.anew),
    [false, true],
  );
  asked[1]?.resolve('two cards');
  assert.deepEqual(await Promise.all(anew), ['two cards', 'two cards', 'two cards']);
  assert.deepEqual([shared.known, await shared.ask()], ['two cards', 'two cards']);
});

it('what was being asked when it was forgotten is not kept', async () => {
  const { shared, asked, changes } = question();
  const before = shared.ask();
  await turn();
  shared.forget();
  const after = shared.ask();
  asked[0]?.resolve('a card');
  assert.equal(await before, 'a card');
  await turn();
  assert.deepEqual([shared.known, changes()], [undefined, 1]);
  asked[1]?.resolve('another');
  assert.equal(await after, 'another');
  assert.deepEqual([shared.known, changes()], ['another', 2]);
});

it('a failure is told to all who wait, and asked again by the next', async () => {
  const { shared, asked } = question();
  const both = [shared.ask(), shared.ask()];
  await turn();
  asked[0]?.reject(new Error('ended'));
  for (const each of both) await assert.rejects(each, { message: 'ended' });
  const next = shared.ask();
  await turn();
  asked[1]?.resolve('a card');
  assert.equal(await next, 'a card');
});
