/** How weights of words are shown, in the terminal and in the editor: as heat in a few steps, and as a list. */

import type { ExplainedWord, Explanation } from './explanation.js';

/** Steps of heat on each side of none. */
export const HEAT_STEPS = 3;

/** How far gradients may miss the difference they should add up to before it is said that more steps are needed: a part of it. */
const GAP_LIMIT = 0.05;

/** The weight furthest from 0, as a positive number; 0 without words. */
export function strongest(words: readonly ExplainedWord[]): number {
  return words.reduce((most, { weight }) => Math.max(most, Math.abs(weight ?? 0)), 0);
}

/** A weight as a whole number from -HEAT_STEPS to HEAT_STEPS, of the strongest weight of its text. */
export function heatStep(weight: number | null, strongestWeight: number): number {
  if (weight === null || strongestWeight === 0) return 0;
  return Math.sign(weight) * Math.round((HEAT_STEPS * Math.abs(weight)) / strongestWeight);
}

/** A word that was read. */
export type WeighedWord = ExplainedWord & { weight: number };

/** Words that were read, the one with the strongest weight first. */
export function byStrength(words: readonly ExplainedWord[]): WeighedWord[] {
  return words
    .filter((word): word is WeighedWord => word.weight !== null)
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
}

/** The strongest words for a short list, at most so many, and how many are left; words whose number would read 0 are left too. */
export function mostTelling(words: readonly ExplainedWord[], most: number): { shown: WeighedWord[]; left: number } {
  const sorted = byStrength(words);
  const shown = sorted.filter(({ weight }) => signed(weight) !== '0.00').slice(0, most);
  return { shown, left: sorted.length - shown.length };
}

/** Whether integrated gradients miss their sum by more than a twentieth. */
export function needsMoreSteps({ method, gap, logOdds, baseline }: Explanation): boolean {
  return method === 'integrated-gradients' && Math.abs(gap) > GAP_LIMIT * Math.abs(logOdds - baseline);
}

/** `+1.24`, `−0.31`, `0.00`. */
export function signed(weight: number): string {
  const digits = Math.abs(weight).toFixed(2);
  return Number(digits) === 0 ? digits : `${weight < 0 ? '−' : '+'}${digits}`;
}
