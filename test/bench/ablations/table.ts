/** The results of all variants as a Markdown table. */

import { type Spread, spreadOf } from '../../../trainer-core/scores/spread.js';
import { type Result, SCORES, type Scores } from './result.js';
import { pairedDifference } from './statistics.js';

export interface Row {
  name: string;
  words: string;
  /** The name of the variant it is compared with. */
  of: string | null;
  /** By seed; only of runs that are finished. */
  results: ReadonlyMap<number, Result>;
}

/** Header, factor and digits of each score. */
const COLUMNS: Record<keyof Scores, [string, number, number]> = {
  loss: ['MLM loss', 1, 3],
  wordLoss: ['whole words', 1, 3],
  rareLoss: ['rare pieces', 1, 3],
  agreement: ['Agreement, %', 100, 1],
  kl: ['KL', 1, 3],
  seenKl: ['KL, not hidden', 1, 3],
  macroF1: ['Macro-F1, %', 100, 1],
};

/** Means ± sample standard deviations over the seeds; below each, the paired difference to what the variant changes, bold where it is clear. */
export function table(rows: readonly Row[]): string {
  const header = ['Variant', 'Against', 'Seeds', ...SCORES.map((score) => COLUMNS[score][0]), 'Tokens', 'CPU s'];
  const lines = rows.flatMap((row) => {
    const { name, words, of, results } = row;
    if (results.size === 0) return [];
    const base = rows.find((each) => each.name === of);
    const all = [...results.values()];
    const cpu = all.flatMap(({ cpuSeconds }) => cpuSeconds ?? []);
    const tokens = spreadOf(all.map((result) => result.tokens)).mean;
    return [
      [`**${name}**: ${words}`, of ?? '', `${results.size}`]
        .concat(SCORES.map((score) => cell(score, results, base?.results)))
        .concat(`${Math.round(tokens / 1000)} k`, cpu.length === 0 ? '' : spreadOf(cpu).mean.toFixed(0)),
    ];
  });
  const rule = header.map((_, i) => (i < 2 ? '---' : '--:'));
  return `${[header, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
}

function cell(score: keyof Scores, own: Row['results'], base: Row['results'] | undefined): string {
  const [, factor, digits] = COLUMNS[score];
  const values = (results: Row['results'], seeds: readonly number[]) =>
    seeds.map((seed) => factor * results.get(seed)!.scores[score]);
  const mean = plusMinus(spreadOf(values(own, [...own.keys()])), digits);
  const shared = [...own.keys()].filter((seed) => base?.has(seed));
  if (shared.length === 0) return mean;
  const { clear, ...difference } = pairedDifference(values(own, shared), values(base!, shared));
  const sign = difference.mean < 0 ? '−' : '+';
  const text = `${sign}${plusMinus({ ...difference, mean: Math.abs(difference.mean) }, digits)}`;
  return `${mean}<br>${clear ? `**${text}**` : text}`;
}

function plusMinus({ mean, deviation }: Spread, digits: number): string {
  return deviation === null ? mean.toFixed(digits) : `${mean.toFixed(digits)} ± ${deviation.toFixed(digits)}`;
}
