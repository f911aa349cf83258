import assert from 'node:assert/strict';
import { test } from 'node:test';
import { slowCrc32c } from '../../test/support/eventFile.js';
import { crc32c } from './crc32c.js';

test('the examples of RFC 3720, appendix B.4', () => {
  const bytes = (of: (index: number) => number) => Uint8Array.from({ length: 32 }, (_, index) => of(index));
  assert.equal(crc32c(bytes(() => 0)), 0x8a9136aa);
  assert.equal(crc32c(bytes(() => 0xff)), 0x62a8ab43);
  assert.equal(crc32c(bytes((index) => index)), 0x46dd794e);
  assert.equal(crc32c(bytes((index) => 31 - index)), 0x113fdb5c);
  assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283);
  assert.equal(crc32c(new Uint8Array()), 0);
});

test('the same as bit by bit, for any bytes', () => {
  for (let length = 1; length < 300; length += 37) {
    const bytes = Uint8Array.from({ length }, (_, index) => (index * 151 + length) & 0xff);
    assert.equal(crc32c(bytes), slowCrc32c(bytes));
  }
});
