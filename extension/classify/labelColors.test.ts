import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { LABEL_COLORS, labelColor } from './labelColors.js';

const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  contributes: { colors: { id: string; defaults: Record<string, string> }[] };
};
const colors = manifest.contributes.colors.filter(({ id }) => id.startsWith('distilbertStudio.label'));

/** Backgrounds of VS Code's editors, and the contrast that WCAG 2.1 asks of text on them (1.4.3; 1.4.6 for high contrast). */
const BACKGROUNDS: Record<string, [color: string, contrast: number]> = {
  dark: ['#1F1F1F', 4.5],
  light: ['#FFFFFF', 4.5],
  highContrast: ['#000000', 7],
  highContrastLight: ['#FFFFFF', 7],
};

/** Relative luminance of `#RRGGBB`. */
function luminance(color: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

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
      for (const [kind, [background, least]] of Object.entries(BACKGROUNDS)) {
        const [low, high] = [luminance(defaults[kind]!), luminance(background)].sort((a, b) => a - b) as [
          number,
          number,
        ];
        const contrast = (high + 0.05) / (low + 0.05);
        assert.ok(contrast >= least, `${id} in ${kind}: ${contrast.toFixed(2)}`);
      }
    }
  });
});
