/** The dictionary file: what is written is read back, and damage is noticed. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type Dictionary, encodeDictionary, readDictionary } from './dictionary.js';

const folder = mkdtempSync(join(tmpdir(), 'dictionary-'));
const file = join(folder, 'ipadic.bin');
after(() => rmSync(folder, { recursive: true }));

const dictionary: Dictionary = {
  labels: Uint16Array.of(0, 1, 2),
  units: Int32Array.of(-5, 7, 2 ** 30),
  entries: Int16Array.of(1, 2, -3, 0, 4),
  unknownEntries: Int32Array.of(9),
  connections: Int16Array.of(-434, 1, 2, 3),
  characters: Uint32Array.of(2 ** 32 - 1, 8),
};

test('sections come back as they were, whatever their length', () => {
  writeFileSync(file, encodeDictionary(dictionary));
  assert.deepEqual(readDictionary(file), dictionary);
  assert.deepEqual(encodeDictionary(readDictionary(file)), encodeDictionary(dictionary));
});

test('a dictionary that is missing, cut, altered, or something else', () => {
  const good = encodeDictionary(dictionary);
  const altered = good.slice();
  altered[good.length - 1]! ^= 1;
  const newer = good.slice();
  newer[4] = 2;
  for (const [bytes, reason] of [
    [good.subarray(0, -4), 'its checksum is wrong'],
    [good.subarray(0, -1), `${good.length - 1} bytes are no dictionary`],
    [good.subarray(0, 8), '8 bytes are no dictionary'],
    [altered, 'its checksum is wrong'],
    [newer, 'version 2, expected 1'],
    [Buffer.from('# Not a dictionary but a text\n'.repeat(20)), 'it does not begin as a dictionary does'],
  ] as const) {
    writeFileSync(file, bytes);
    assert.throws(() => readDictionary(file), { code: 'dictionaryInvalid', data: { file, reason } });
  }
  const missing = join(folder, 'none.bin');
  assert.throws(() => readDictionary(missing), { code: 'dictionaryNotFound', data: { file: missing } });
});
