import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fitTemperature } from './temperature.js';

test('there is no temperature where more confidence, or less, would always be better, or nothing to learn it from', () => {
  const right = [
    { logits: [3, 1], label: 0 },
    { logits: [0, 2], label: 1 },
  ];
  assert.equal(fitTemperature(right), null);
  assert.equal(fitTemperature(right.map(({ logits, label }) => ({ logits, label: 1 - label }))), null);
  assert.equal(fitTemperature([]), null);
  assert.equal(fitTemperature([{ logits: [1, 1], label: 0 }]), null);
});

test('logits that are k times as large have k times the temperature', () => {
  const examples = [
    { logits: [3, 1, 0], label: 0 },
    { logits: [0, 2, 1], label: 1 },
    { logits: [1, 0, 2], label: 0 },
  ];
  const once = fitTemperature(examples)!;
  const scaled = fitTemperature(examples.map(({ logits, label }) => ({ logits: logits.map((z) => 7 * z), label })))!;
  assert.ok(once > 0.1 && Math.abs(scaled - 7 * once) < 1e-9, `${once}, ${scaled}`);
});
