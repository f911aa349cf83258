/** What a classifier learns from, and how the micro-batches of a step are cut into the feeds of runs. */
import { classificationFeeds } from '../classify/classificationGraph.js';
import { padBatch } from '../corpus/batches.js';
import type { EncodedTexts } from '../corpus/encodeTexts.js';
import { float32 } from '../runtime/hostTensor.js';
import type { Target } from './targets.js';
import type { Run } from './trainStep.js';

/** Texts to learn from, and their sequences, of which a text can have several (`store.textOf`). */
export interface LearningSet {
  store: EncodedTexts;
  /** What is to be learned of a text, by its number; null for one without a label, which has only its teacher's answer. */
  targetOf(text: number): Target | null;
  /** A teacher's logits of every text, end to end; null without a teacher. */
  teacherLogits: Float32Array | null;
}

export interface CutOptions {
  padId: number;
  /** Outputs of the classifier. */
  outputs: number;
  /** Tokens a run works on at most, padding counted; a longer sequence is a run by itself. */
  tokensPerRun: number;
}

/** A sequence in a micro-batch, and what its losses are multiplied with: 1 / what the micro-batch's mean goes over. */
interface Row {
  sequence: number;
  target: Target | null;
  labelsWeight: number;
  ceWeight: number;
}

/**
 * Cuts the micro-batches of a step into runs of like lengths, which takes next to no padding: sequences of different micro-batches share a
 * run, and each weighs what it weighs in its own, so the runs' losses add up to the sum of the micro-batches' means. The mean of the
 * loss against labels goes over the sequences that have one, as torch's with `ignore_index`; that of the difference from the teacher over all.
 */
export function finetuneRuns(microBatches: readonly Uint32Array[], set: LearningSet, options: CutOptions): Run[] {
  const { lengths } = set.store;
  const rows = microBatches.flatMap((sequences) => rowsOf(sequences, set));
  rows.sort((a, b) => lengths[b.sequence]! - lengths[a.sequence]!);
  const runs: Run[] = [];
  for (let at = 0; at < rows.length; ) {
    const fitting = Math.max(1, Math.floor(options.tokensPerRun / lengths[rows[at]!.sequence]!));
    runs.push(runOf(rows.slice(at, at + fitting), set, options));
    at += fitting;
  }
  return runs;
}

function rowsOf(sequences: Uint32Array, { store, targetOf }: LearningSet): Row[] {
  const targets = Array.from(sequences, (sequence) => targetOf(store.textOf[sequence]!));
  const sum = targets.reduce((sum, target) => sum + (target?.weight ?? 0), 0);
  return targets.map((target, i) => ({
    sequence: sequences[i]!,
    target,
    labelsWeight: target === null ? 0 : 1 / sum,
    ceWeight: 1 / sequences.length,
  }));
}

function runOf(rows: readonly Row[], { store, teacherLogits }: LearningSet, { padId, outputs }: CutOptions): Run {
  const sequences = rows.map(({ sequence }) => sequence);
  const targets = new Float32Array(rows.length * outputs);
  const ofTeacher = new Float32Array(teacherLogits ? targets.length : 0);
  rows.forEach(({ sequence, target }, i) => {
    const text = store.textOf[sequence]!;
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
      ...classificationFeeds(padBatch(store, sequences, padId)),
      targets: float32(targets, [rows.length, outputs]),
      labelsWeight: column(({ labelsWeight }) => labelsWeight),
      ...soft,
    },
  };
}
