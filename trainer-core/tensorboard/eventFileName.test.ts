import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextEventFileName } from './eventFileName.js';

const now = 1_700_000_000_999;

test('seconds, host, process', () => {
  assert.equal(
    nextEventFileName(['config.json'], now, 'desk.local', 4711),
    'events.out.tfevents.1700000000.desk.local.4711.0',
  );
  assert.equal(nextEventFileName([], now, 'a/b 机', 1), 'events.out.tfevents.1700000000.a_b__.1.0');
});

test('each name comes after those that are there, whatever host, process and clock', () => {
  const names: string[] = [];
  for (const [timeMs, host, pid] of [
    [now, 'z', 99],
    [now, 'a', 1],
    [now - 3_600_000, 'a', 10],
    [now + 9000, 'a', 2],
  ] as const) {
    names.push(nextEventFileName([...names, 'metrics.jsonl'].reverse(), timeMs, host, pid));
  }
  assert.deepEqual([...names].sort(), names);
  assert.equal(new Set(names).size, names.length);
});
