/** Rules that join several settings. They travel through zod as issues and come out of `parseConfig` as TrainerErrors. */

import type { z } from 'zod';
import type { CorpusSettings } from './corpusSettings.js';
import type { ImpossibleConfig } from './errors.js';
import { wrongMaskSum } from './maskingConfig.js';

/** What a rule puts into `params` of its zod issue. */
export type RuleBroken =
  | { rule: 'mask-proportions'; sum: number }
  | { rule: 'impossible'; reason: ImpossibleConfig; keys: readonly string[] };

type Context = z.core.$RefinementCtx<unknown>;

function report(context: Context, key: string, broken: RuleBroken): void {
  context.addIssue({ code: 'custom', path: key.split('.'), params: broken });
}

/** Reports that the settings `keys` (dotted paths, the first is where the error points) cannot stand together. */
export function impossible(context: Context, reason: ImpossibleConfig, keys: readonly string[]): void {
  report(context, keys[0] ?? '', { rule: 'impossible', reason, keys });
}

/** Reports mask proportions that do not sum to 1. */
export function checkMasking(config: { wordMask: number; wordKeep: number; wordRand: number }, context: Context): void {
  const sum = wrongMaskSum(config);
  if (sum !== null) report(context, 'wordMask', { rule: 'mask-proportions', sum });
}

/** Reports heads that do not divide the hidden size, where both are given. `at` is the path of the architecture. */
export function checkHeads(
  architecture: { hidden: number | null; heads: number | null },
  at: readonly string[],
  context: Context,
): void {
  const { hidden, heads } = architecture;
  if (hidden !== null && heads !== null && hidden % heads !== 0) {
    impossible(context, 'heads-do-not-divide-hidden', [[...at, 'heads'].join('.'), [...at, 'hidden'].join('.')]);
  }
}

/** Reports bounds between which there is no sentence or sequence, before hours are spent on dropping all. `at` is the path of `settings`. */
export function checkCorpusBounds(
  { minChars, maxChars, minTokens }: Pick<CorpusSettings, 'minChars' | 'maxChars' | 'minTokens'>,
  maxSeqLength: number,
  at: readonly string[],
  context: Context,
): void {
  const path = (key: keyof CorpusSettings) => [...at, key].join('.');
  if (maxChars !== null && minChars > maxChars)
    impossible(context, 'nothing-kept', [path('minChars'), path('maxChars')]);
  if (minTokens > maxSeqLength) impossible(context, 'nothing-kept', [path('minTokens'), 'maxSeqLength']);
}
