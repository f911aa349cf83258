/** What a language model's losses are made of, and what follows from it: what the teacher is read for, and what is fed on a step. */
import type { Graph } from '../graph/graph.js';
import type { Value } from '../graph/ops.js';
import type { LossName } from '../protocol/events.js';
import { isOff, type Scheduled, valueAt } from '../protocol/scheduled.js';
import { type HostTensor, scalar } from '../runtime/hostTensor.js';
import type { TeacherReads } from './teacherGraph.js';

/** What is minimised, and how the teacher is compared with. */
export interface LanguageModelLosses {
  /** Weights in the total; a loss of weight 0 is not computed. */
  weights: Readonly<Partial<Record<LossName, Scheduled>>>;
  /** Both models' predictions are divided by it in `ce`. */
  temperature: Scheduled;
  /** Compare with the teacher's predictions at labelled rows only. */
  restrictCeToMask: boolean;
  /** `ce` knows only so many of the teacher's most probable pieces, and what all others have together; absent: all pieces. */
  topK?: number;
  /** For `hidden` and `attention`: the teacher's layer, from 0, for each of the student's. */
  matchedLayers?: readonly number[];
  /** For `relation`: the teacher's layer, from 0, and how many heads queries, keys and values are cut into. */
  relation?: { teacherLayer: number; heads: number };
}

/** True when the loss has a weight at some step. */
export function hasLoss({ weights }: Pick<LanguageModelLosses, 'weights'>, name: LossName): boolean {
  return !isOff(weights[name]);
}

/** True when the next id is predicted at every position instead of hidden ones: no attention mask then, as Hugging Face's distiller has it. */
export function isCausal(losses: Pick<LanguageModelLosses, 'weights'>): boolean {
  return hasLoss(losses, 'clm');
}

/** What the losses read of the teacher. @throws Error when `matchedLayers` or `relation` are not there though a loss needs them. */
export function teacherReads(losses: LanguageModelLosses): TeacherReads {
  const { matchedLayers, relation, topK } = losses;
  const has = (name: LossName) => hasLoss(losses, name);
  if ((has('hidden') || has('attention')) && !matchedLayers) throw new Error('which layers are matched?');
  if (has('relation') && !relation) throw new Error('which relations are compared?');
  return {
    transformed: has('mse') || (has('ce') && topK === undefined),
    last: has('cos'),
    states: has('hidden') ? [0, ...(matchedLayers ?? []).map((layer) => layer + 1)] : [],
    scores: has('attention') ? (matchedLayers ?? []) : [],
    relation: has('relation') ? (relation?.teacherLayer ?? null) : null,
  };
}

/** A scheduled number in a graph: a constant, or where it moves an input `schedule.NAME`, which `scheduleFeeds` makes. */
export function scheduledValue(g: Graph, name: string, scheduled: Scheduled): Value {
  return typeof scheduled === 'number' ? g.scalar(scheduled) : g.input(scheduleInput(name), []);
}

/** What the losses' schedules have come to. @param progress 0 at the first step of the run, 1 at the last. */
export function scheduleFeeds(
  { weights, temperature }: LanguageModelLosses,
  progress: number,
): Record<string, HostTensor> {
  const all: [name: string, scheduled: Scheduled][] = [...Object.entries(weights), ['temperature', temperature]];
  const moving = all.filter(([, scheduled]) => typeof scheduled === 'object');
  return Object.fromEntries(
    moving.map(([name, scheduled]) => [scheduleInput(name), scalar(valueAt(scheduled, progress))]),
  );
}

const scheduleInput = (name: string) => `schedule.${name}`;
