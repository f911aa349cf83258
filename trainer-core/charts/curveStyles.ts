/** How curves of one chart are told apart besides by colour, so that nobody has to tell colours apart. */

export const CURVE_STYLES = 8;

/** Lengths of dashes and gaps in pixels, by curve. */
export const DASHES: readonly (readonly number[])[] = [
  [],
  [7, 3],
  [2, 3],
  [9, 3, 2, 3],
  [14, 4],
  [5, 5],
  [12, 3, 2, 3, 2, 3],
  [1, 5],
];
