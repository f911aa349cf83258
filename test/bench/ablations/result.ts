/** What is kept of a run: the settings it is known by, and its scores. */
import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { atomicFile } from '../../../trainer-core/checkpoint/atomicWrite.js';

/** The scores of a run, of the student as it is at the end. */
export interface Scores {
  /** Held-out masked-LM loss in nats, the hidden pieces drawn evenly. */
  loss: number;
  /** The same with whole words hidden. */
  wordLoss: number;
  /** The same with rare pieces hidden more often, as the published recipe does (`mlmSmoothing` 0.7). */
  rareLoss: number;
  /** How often student and teacher guess the same hidden piece, 0 to 1. */
  agreement: number;
  /** Mean KL(teacher ‖ student) at the hidden pieces, in nats. */
  kl: number;
  /** The same at pieces that are not hidden. */
  seenKl: number;
  /** Of the fine-tuned student on the test articles, 0 to 1. */
  macroF1: number;
}

export const SCORES = [
  'loss',
  'wordLoss',
  'rareLoss',
  'agreement',
  'kl',
  'seenKl',
  'macroF1',
] as const satisfies (keyof Scores)[];

export interface Result {
  /** What was asked for, by which a finished run is known again; defaults and paths are not in it. */
  wanted: object;
  scores: Scores;
  /** Pieces that the student has read. */
  tokens: number;
  steps: number;
  /** Seconds of the clock and of the processor, distilling alone; null where a kill or a stop fell between. */
  seconds: number | null;
  cpuSeconds: number | null;
}

/** The result in `file`, or null where there is none or it is of another run than what is wanted now. It may lack scores. */
export async function resultIn(file: string, wanted: object): Promise<Result | null> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return null;
  const result = JSON.parse(text) as Result;
  return isDeepStrictEqual(result.wanted, JSON.parse(JSON.stringify(wanted))) ? result : null;
}

/** False for a result of a time when there were fewer scores. */
export function isScored({ scores }: Result): boolean {
  return SCORES.every((score) => score in scores);
}

export async function writeResult(file: string, result: Result): Promise<void> {
  await atomicFile(file, `${JSON.stringify(result, null, 2)}\n`);
}
