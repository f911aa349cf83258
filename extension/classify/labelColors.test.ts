import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { contrast, manifestColors, THEMES, type ThemeKind } from '../../test/support/contrast.js';
import { LABEL_COLORS, labelColor } from './labelColors.js';

const colors = manifestColors('distilbertStudio.label');

describe('labelColor', () => {
  const labels = Array.from({ length: LABEL_COLORS + 1 }, (_, index) => `label ${index}`);

  it('is of the manifest, one for each label until they begin again', () => {
    const used = labels.map((label) => labelColor(label, labels));
    assert.deepEqual(
      used.slice(0, LABEL_COLORS),
      colors.map(({ id }) => id),
    );
    assert.equal(used.at(-1), used[0]);
  });

  it('can be read on the background of every kind of theme', () => {
    for (const { id, defaults } of colors) {
      for (const [kind, { background, least }] of Object.entries(THEMES)) {
        const got = contrast(defaults[kind as ThemeKind], background);
        assert.ok(got >= least, `${id} in ${kind}: ${got.toFixed(2)}`);
      }
    }
  });
});
