import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { jsonFaultAt } from './jsonFault.js';

test('the first character that cannot stand there', () => {
  const faults: [string, string][] = [
    ['{"a": 1,', ''],
    ['{"a": 1,}', '}'],
    ['{"a" 1}', '1}'],
    ['{a: 1}', 'a: 1}'],
    ['{"a": 1} {"b": 2}', '{"b": 2}'],
    ['{"a": tru}', 'tru}'],
    ['{"a": [1, 2}', '}'],
    ['{"a": [1 2]}', '2]}'],
    ['{"a": 01}', '1}'],
    ["{'a': 1}", "'a': 1}"],
    ['{"a": "b\\x"}', '\\x"}'],
    ['{"a": "b\tc"}', '\tc"}'],
    ['', ''],
    ['NaN', 'NaN'],
  ];
  for (const [text, rest] of faults) {
    assert.throws(() => JSON.parse(text));
    assert.equal(text.slice(jsonFaultAt(text)), rest, text);
  }
});

test('it is found in whatever JSON.parse refuses, and only there', () => {
  const cut = fc.tuple(fc.json(), fc.nat(200), fc.constantFrom('', '}', '"', ',', 'x', '\\'));
  fc.assert(
    fc.property(cut, ([json, length, added]) => {
      const text = json.slice(0, length) + added;
      const at = jsonFaultAt(text);
      try {
        JSON.parse(text);
        assert.equal(at, text.length);
      } catch {
        assert.ok(at >= 0 && at <= text.length);
        // What stands before can still become JSON, or the fault would lie further in front.
        const shorter = jsonFaultAt(text.slice(0, at));
        assert.equal(shorter, at);
      }
    }),
    { numRuns: 2000 },
  );
});
