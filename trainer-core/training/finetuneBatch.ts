/** What a classifier learns from, and how the micro-batches of a step are cut into the feeds of runs. */
import { classificationFeeds } from '../classify/classificationGraph.js';
import { padBatch } from '../corpus/batches.js';
import type { SequenceStore } from '../corpus/sequenceStore.js';
import { float32 } from '../runtime/hostTensor.js';
import type { Target } from './targets.js';
import type { Run } from './trainStep.js';

/** Texts to learn from, by number. */
export interface LearningSet {
  store: SequenceStore;
  /** What is to be learned of a text; null for one without a label, which has only its teacher's answer. */
  targetOf(text: number): Target | null;
  /** A teacher's logits of every text, end to end; null without a teacher. */
  teacherLogits: Float32Array | null;
}

export interface CutOptions {
  padId: number;
  /** Outputs of the classifier. */
  outputs: number;
  /** Tokens a run works on at most, padding counted; a longer text is a run by itself. */
  tokensPerRun: number;
}

/** A text in a micro-batch, and what its losses are multiplied with: 1 / what the micro-batch's mean goes over. */
interface Row {
  text: number;
  target: Target | null;
  labelsWeight: number;
  ceWeight: number;
}

/**
 * Cuts the micro-batches of a step into runs of like lengths, which takes next to no padding: texts of different micro-batches share a
 * run, and each weighs what it weighs in its own, so the runs' losses add up to the sum of the micro-batches' means. The mean of the
 * loss against labels goes over the texts that have one, as torch's with `ignore_index`; that of the difference from the teacher over all.
 */
export function finetuneRuns(microBatches: readonly Uint32Array[], set: LearningSet, options: CutOptions): Run[] {
  const { lengths } = set.store;
  const rows = microBatches.flatMap((texts) => rowsOf(texts, set));
  rows.sort((a, b) => lengths[b.text]! - lengths[a.text]!);
  const runs: Run[] = [];
  for (let at = 0; at < rows.length; ) {
    const fitting = Math.max(1, Math.floor(options.tokensPerRun / lengths[rows[at]!.text]!));
    runs.push(runOf(rows.slice(at, at + fitting), set, options));
    at += fitting;
  }
  return runs;
}

function rowsOf(texts: Uint32Array, { targetOf }: LearningSet): Row[] {
  const targets = Array.from(texts, targetOf);
  const sum = targets.reduce((sum, target) => sum + (target?.weight ?? 0), 0);
  return targets.map((target, i) => ({
    text: texts[i]!,
    target,
    labelsWeight: target === null ? 0 : 1 / sum,
    ceWeight: 1 / texts.length,
  }));
}

function runOf(rows: readonly Row[], { store, teacherLogits }: LearningSet, { padId, outputs }: CutOptions): Run {
  const texts = rows.map(({ text }) => text);
  const targets = new Float32Array(rows.length * outputs);
  const ofTeacher = new Float32Array(teacherLogits ? targets.length : 0);
  rows.forEach(({ text, target }, i) => {
    if (target) targets.set(target.row, i * outputs);
    if (teacherLogits) ofTeacher.set(teacherLogits.subarray(text * outputs, (text + 1) * outputs), i * outputs);
  });
  const column = (of: (row: Row) => number) => float32(Float32Array.from(rows, of), [rows.length, 1]);
  const soft = teacherLogits && {
    teacherLogits: float32(ofTeacher, [rows.length, outputs]),
    ceWeight: column(({ ceWeight }) => ceWeight),
  };
  return {
    feeds: {
      ...classificationFeeds(padBatch(store, texts, padId)),
      targets: float32(targets, [rows.length, outputs]),
      labelsWeight: column(({ labelsWeight }) => labelsWeight),
      ...soft,
    },
  };
}
