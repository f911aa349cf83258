/** Colours as numbers: mixing, and the contrast of WCAG 2.1. */

/** Red, green and blue from 0 to 255, and opacity from 0 to 1. */
export type Color = readonly [red: number, green: number, blue: number, alpha: number];

/** Reads `#rrggbb` and `rgb()`/`rgba()`, the two forms a canvas gives; anything else is opaque grey. */
export function parseColor(text: string): Color {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text);
  if (hex) return [Number.parseInt(hex[1]!, 16), Number.parseInt(hex[2]!, 16), Number.parseInt(hex[3]!, 16), 1];
  const [red = 128, green = 128, blue = 128, alpha = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
  return [red, green, blue, alpha];
}

/** `#rrggbb`; opacity is left out. */
export function hexOf([red, green, blue]: Color): string {
  return `#${[red, green, blue].map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`;
}

/** `share` (0 to 1) of `front` over `back`, opaque. */
export function mix(front: Color, back: Color, share: number): Color {
  const part = (index: 0 | 1 | 2) => front[index] * share + back[index] * (1 - share);
  return [part(0), part(1), part(2), 1];
}

/** From 1 (the same) to 21 (black on white). */
export function contrast(a: Color, b: Color): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** `color`, moved towards `towards` just as far as it takes to stand out from `background` by `least`. */
export function standOut(color: Color, background: Color, towards: Color, least: number): Color {
  for (let share = 1; share > 0; share -= 0.1) {
    const mixed = mix(color, towards, share);
    if (contrast(mixed, background) >= least) return mixed;
  }
  return towards;
}

/** Black or white, whichever can be read better on `background`. */
export function readableOn(background: Color): Color {
  const black: Color = [0, 0, 0, 1];
  const white: Color = [255, 255, 255, 1];
  return contrast(black, background) > contrast(white, background) ? black : white;
}

function luminance([red, green, blue]: Color): number {
  const linear = (channel: number) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}
