/** The editor's colours for what cannot take them from the style sheet: canvases, pictures and shades. */

import { type Color, hexOf, mix, parseColor, standOut } from './color.js';

/** Colours as a canvas takes them. */
export interface Theme {
  background: string;
  foreground: string;
  /** Of axes and other text that steps back. */
  muted: string;
  grid: string;
  /** What shades are made of. */
  accent: string;
  /** Of curves; `CURVE_STYLES` of them. */
  curves: readonly string[];
  fontFamily: string;
}

/** Neighbours differ most; the theme's yellow is near its orange and comes last. */
const CURVES = [
  ...['blue', 'orange', 'green', 'purple', 'red'].map((name) => `--vscode-charts-${name}`),
  ...['--vscode-terminal-ansiCyan', '--vscode-foreground', '--vscode-charts-yellow'],
];
/** Lines must stand out from their background this much (WCAG 2.1, 1.4.11). */
const LEAST_CONTRAST = 3;

let theme: Theme | undefined;
const listeners: (() => void)[] = [];

/** As it is now. */
export function currentTheme(): Theme {
  theme ??= readTheme();
  return theme;
}

/** Calls `listener` after each change of theme. */
export function onThemeChange(listener: () => void): void {
  listeners.push(listener);
}

/** Follows the editor: VS Code changes the body's class and the root's variables. */
export function followTheme(): void {
  const changed = () => {
    const before = JSON.stringify(theme);
    theme = readTheme();
    if (JSON.stringify(theme) !== before) for (const listener of listeners) listener();
  };
  const observer = new MutationObserver(changed);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style'] });
  currentTheme();
}

function readTheme(): Theme {
  const style = getComputedStyle(document.body);
  const probe = document.createElement('canvas').getContext('2d')!;
  const color = (value: string, fallback: string): Color => {
    probe.fillStyle = fallback;
    if (value) probe.fillStyle = value;
    return parseColor(probe.fillStyle as string);
  };
  const variable = (name: string, fallback: string) => color(style.getPropertyValue(name).trim(), fallback);
  const solid = (front: Color, back: Color) => mix(front, back, front[3]);

  const background = variable('--page-background', '#808080');
  const foreground = solid(color(style.color, '#808080'), background);
  const muted = solid(variable('--vscode-descriptionForeground', hexOf(foreground)), background);
  const curves = CURVES.map((name) => solid(variable(name, hexOf(foreground)), background)).map((each) =>
    hexOf(standOut(each, background, foreground, LEAST_CONTRAST)),
  );
  // Swatches take the curves' colours from here.
  for (const [index, curve] of curves.entries()) {
    const name = `--curve-${index}`;
    if (document.body.style.getPropertyValue(name) !== curve) document.body.style.setProperty(name, curve);
  }
  return {
    background: hexOf(background),
    foreground: hexOf(foreground),
    muted: hexOf(standOut(muted, background, foreground, 4.5)),
    grid: hexOf(mix(foreground, background, 0.14)),
    accent: curves[0]!,
    curves,
    fontFamily: style.fontFamily,
  };
}
