import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeBfloat16, decodeFloat16, encodeFloat16 } from './halfFloat.js';

const everyHalf = Uint16Array.from({ length: 65536 }, (_, i) => i);
const everyValue = new Float32Array(65536);
decodeFloat16(everyHalf, everyValue);

function encode(value: number): number {
  const out = new Uint16Array(1);
  encodeFloat16(Float32Array.of(value), out);
  return out[0]!;
}

test('float16 decodes the values of the standard', () => {
  const known: [number, number][] = [
    [0x0000, 0],
    [0x0001, 2 ** -24],
    [0x03ff, 1023 * 2 ** -24],
    [0x0400, 2 ** -14],
    [0x3c00, 1],
    [0x3555, 0.333251953125],
    [0xc000, -2],
    [0x7bff, 65504],
    [0x7c00, Infinity],
    [0xfc00, -Infinity],
  ];
  for (const [half, value] of known) assert.equal(everyValue[half], value);
  assert.ok(Object.is(everyValue[0x8000], -0));
  assert.ok(Number.isNaN(everyValue[0x7e00]));
});

test('every float16 comes back from float32', () => {
  const back = new Uint16Array(65536);
  encodeFloat16(everyValue, back);
  for (let half = 0; half < 65536; half++) {
    // JavaScript does not keep the sign and payload of a NaN.
    if (Number.isNaN(everyValue[half]!)) assert.equal(back[half]! & 0x7fff, 0x7e00);
    else assert.equal(back[half], half);
  }
});

test('float16 rounds to the nearest, ties to even, all along the positive line', () => {
  const bits = new Uint32Array(1);
  const float = new Float32Array(bits.buffer);
  for (let half = 0; half < 0x7bff; half++) {
    const middle = (everyValue[half]! + everyValue[half + 1]!) / 2;
    assert.equal(encode(middle), half % 2 === 0 ? half : half + 1, `tie at ${middle}`);
    float[0] = middle;
    bits[0]! -= 1;
    assert.equal(encode(float[0]!), half);
    bits[0]! += 2;
    assert.equal(encode(float[0]!), half + 1);
  }
  assert.equal(encode(65519.99609375), 0x7bff);
  assert.equal(encode(65520), 0x7c00);
  assert.equal(encode(3e38), 0x7c00);
  assert.equal(encode(-3e38), 0xfc00);
  assert.equal(encode(1e-45), 0);
});

test('bfloat16 is the upper half of float32', () => {
  const out = new Float32Array(4);
  decodeBfloat16(Uint16Array.of(0x3f80, 0xc049, 0x7f80, 0x0001), out);
  assert.deepEqual([...out], [1, -3.140625, Infinity, 2 ** -133]);
});
