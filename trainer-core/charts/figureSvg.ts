/** A figure as SVG 1.1. */

import type { Figure, Shape } from './figure.js';

/** A whole SVG file. */
export function figureSvg({ width, height, background, fontFamily, shapes }: Figure): string {
  const size = `width="${width}" height="${round(height)}" viewBox="0 0 ${width} ${round(height)}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="${escaped(fontFamily)}">`,
    `<rect width="100%" height="100%" fill="${background}"/>`,
    ...shapes.map(shapeSvg),
    '</svg>\n',
  ].join('\n');
}

function shapeSvg(shape: Shape): string {
  switch (shape.kind) {
    case 'line': {
      const points = shape.points.map(([x, y]) => `${round(x)},${round(y)}`).join(' ');
      const dash = shape.dash.length > 0 ? ` stroke-dasharray="${shape.dash.join(' ')}"` : '';
      const opacity = shape.opacity < 1 ? ` opacity="${shape.opacity}"` : '';
      const stroke = `stroke="${shape.color}" stroke-width="${shape.width}" stroke-linejoin="round"`;
      return `<polyline fill="none" ${stroke}${dash}${opacity} points="${points}"/>`;
    }
    case 'dot':
      return `<circle cx="${round(shape.at[0])}" cy="${round(shape.at[1])}" r="3" fill="${shape.color}"/>`;
    case 'rectangle': {
      const [x, y] = shape.at.map(round) as [number, number];
      return `<rect x="${x}" y="${y}" width="${round(shape.width)}" height="${round(shape.height)}" fill="${shape.color}"/>`;
    }
    case 'text': {
      const font = `font-size="${shape.size}"${shape.bold ? ' font-weight="600"' : ''} text-anchor="${shape.align}"`;
      return `<text x="${round(shape.at[0])}" y="${round(shape.at[1])}" fill="${shape.color}" ${font}>${escaped(shape.text)}</text>`;
    }
  }
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
