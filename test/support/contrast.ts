/** Whether colours of the manifest can be read in every kind of theme. */

import { readFileSync } from 'node:fs';

interface ManifestColor {
  id: string;
  defaults: Record<ThemeKind, string>;
}
export type ThemeKind = 'dark' | 'light' | 'highContrast' | 'highContrastLight';

/** The editor's background and text in VS Code's own themes, and the contrast that WCAG 2.1 asks of text (1.4.3; 1.4.6 for high contrast). */
export const THEMES: Record<ThemeKind, { background: string; text: string; least: number }> = {
  dark: { background: '#1F1F1F', text: '#CCCCCC', least: 4.5 },
  light: { background: '#FFFFFF', text: '#3B3B3B', least: 4.5 },
  highContrast: { background: '#000000', text: '#FFFFFF', least: 7 },
  highContrastLight: { background: '#FFFFFF', text: '#292929', least: 7 },
};

/** The theme colours whose names begin so. */
export function manifestColors(prefix: string): ManifestColor[] {
  const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
    contributes: { colors: ManifestColor[] };
  };
  return manifest.contributes.colors.filter(({ id }) => id.startsWith(prefix));
}

/** `#RRGGBBAA` on an opaque colour. */
export function blended(color: string, background: string): string {
  const alpha = color.length > 7 ? Number.parseInt(color.slice(7), 16) / 255 : 1;
  const under = partsOf(background);
  const parts = partsOf(color).map((part, i) => Math.round(part * alpha + under[i]! * (1 - alpha)));
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** Contrast of two opaque colours, 1 to 21. */
export function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function luminance(color: string): number {
  const [red, green, blue] = partsOf(color).map((part) => {
    const linear = part / 255;
    return linear <= 0.04045 ? linear / 12.92 : ((linear + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function partsOf(color: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16));
}
