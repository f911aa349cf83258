/** The short line that says which curve is meant: its colour and its dashes. */

import { CURVE_STYLES, DASHES } from '../../trainer-core/charts/curveStyles.js';
import { svgElement } from '../element.js';

/** A picture of curve style `style`; a reader hears the name beside it instead. */
export function swatch(style: number): SVGElement {
  const at = style % CURVE_STYLES;
  return svgElement(
    'svg',
    { class: 'swatch', width: 22, height: 8, viewBox: '0 0 22 8', 'aria-hidden': 'true' },
    svgElement('line', {
      class: `curve-${at}`,
      x1: 1,
      y1: 4,
      x2: 21,
      y2: 4,
      'stroke-width': 2,
      'stroke-dasharray': DASHES[at]!.join(' '),
    }),
  );
}
