import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { inOrder } from './inOrder.js';

test('results come in order, however long each takes, with a bounded number under way', async () => {
  let [underWay, most, taken] = [0, 0, 0];
  async function* numbers() {
    for (let i = 0; i < 30; i++) {
      taken += 1;
      yield i;
    }
  }
  const work = async (i: number) => {
    underWay += 1;
    most = Math.max(most, underWay);
    await setTimeout((i * 7) % 5);
    underWay -= 1;
    return i * i;
  };
  let given = 0;
  for await (const [item, result] of inOrder(numbers(), 4, work)) {
    assert.deepEqual([item, result], [given, given * given]);
    given += 1;
    // A slow taker holds the source back.
    await setTimeout(1);
    assert.ok(taken - given < 4);
  }
  assert.deepEqual([given, most], [30, 4]);
});

test('what fails is told in its turn, and the source is closed', async () => {
  let isClosed = false;
  async function* numbers() {
    try {
      for (let i = 0; ; i++) yield i;
    } finally {
      isClosed = true;
    }
  }
  const given: number[] = [];
  const work = async (i: number) => {
    if (i === 2) throw new Error('two');
    await setTimeout(5);
    return i;
  };
  await assert.rejects(
    async () => {
      for await (const [item] of inOrder(numbers(), 8, work)) given.push(item);
    },
    { message: 'two' },
  );
  assert.deepEqual([given, isClosed], [[0, 1], true]);
});
