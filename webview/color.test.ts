import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Color, contrast, hexOf, mix, parseColor, readableOn, standOut } from './color.js';

const black: Color = [0, 0, 0, 1];
const white: Color = [255, 255, 255, 1];

describe('colours', () => {
  it('are read as a canvas writes them', () => {
    assert.deepEqual(parseColor('#3794ff'), [55, 148, 255, 1]);
    assert.deepEqual(parseColor('rgba(36, 137, 219, 0.5)'), [36, 137, 219, 0.5]);
    assert.equal(hexOf(mix(white, black, 0.5)), '#808080');
  });

  it('have the contrast of WCAG 2.1', () => {
    assert.equal(contrast(black, white), 21);
    assert.equal(contrast(white, white), 1);
    assert.equal(contrast(parseColor('#767676'), white).toFixed(2), '4.54');
  });

  it('are moved no further than it takes to stand out', () => {
    const yellow = parseColor('#ffff00');
    const moved = standOut(yellow, white, black, 3);
    assert.ok(contrast(moved, white) >= 3);
    assert.ok(moved[0] > 100, 'still yellow');
    assert.equal(hexOf(standOut(yellow, black, white, 3)), '#ffff00');
  });

  it('get text that can be read on any shade', () => {
    for (let grey = 0; grey <= 255; grey += 5) {
      const shade: Color = [grey, grey, grey, 1];
      assert.ok(contrast(readableOn(shade), shade) >= 4.5, hexOf(shade));
    }
  });
});
