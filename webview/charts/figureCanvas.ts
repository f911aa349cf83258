/** A figure on a canvas, and from there as PNG. */

import type { Figure } from '../../trainer-core/charts/figure.js';

/** Pixels of the picture for one of the figure's. */
const SCALE = 2;
const ANCHORS = { start: 'left', middle: 'center', end: 'right' } as const;

/** The picture's bytes in base64. */
export function figurePng(figure: Figure): string {
  const canvas = document.createElement('canvas');
  canvas.width = figure.width * SCALE;
  canvas.height = Math.round(figure.height * SCALE);
  const context = canvas.getContext('2d')!;
  context.scale(SCALE, SCALE);
  context.fillStyle = figure.background;
  context.fillRect(0, 0, figure.width, figure.height);
  context.lineJoin = 'round';
  for (const shape of figure.shapes) {
    context.globalAlpha = 1;
    context.fillStyle = shape.color;
    switch (shape.kind) {
      case 'line':
        context.globalAlpha = shape.opacity;
        context.strokeStyle = shape.color;
        context.lineWidth = shape.width;
        context.setLineDash([...shape.dash]);
        context.beginPath();
        for (const [x, y] of shape.points) context.lineTo(x, y);
        context.stroke();
        break;
      case 'dot':
        context.beginPath();
        context.arc(...shape.at, 3, 0, 2 * Math.PI);
        context.fill();
        break;
      case 'rectangle':
        context.fillRect(...shape.at, shape.width, shape.height);
        break;
      case 'text':
        context.font = `${shape.bold ? '600 ' : ''}${shape.size}px ${figure.fontFamily}`;
        context.textAlign = ANCHORS[shape.align];
        context.fillText(shape.text, ...shape.at);
        break;
    }
  }
  return canvas.toDataURL('image/png').replace(/^data:image\/png;base64,/, '');
}
