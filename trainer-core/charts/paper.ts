/** The colours and letters of pictures in files: they bring their own background, so that they can be read on a dark page too. */

/** Words stand out from the background by 4.5 at least (WCAG 2.1). */
export const PAPER = {
  background: '#ffffff',
  foreground: '#1f2328',
  muted: '#59636e',
  grid: '#e1e4e8',
  fontFamily: 'system-ui, "Noto Sans", "Noto Sans CJK JP", sans-serif',
} as const;

/** For what stands out: nine steps from the background to full colour. */
export const ACCENT = '#0969da';

/** About how wide a text of 12 pixels is, where nothing can be measured: full-width characters are as wide as they are high. */
export function paperWidth(text: string): number {
  let width = 0;
  for (const character of text) width += character.codePointAt(0)! >= 0x2e80 ? 12 : 7;
  return width;
}
