/** What a model is asked to find out whether another precision of it answers as well. */

import { evaluationBatches, type PaddedBatch, padBatch } from '../corpus/batches.js';
import { type EncodedTexts, encodeTexts } from '../corpus/encodeTexts.js';
import { maskBatch, maskingWeights } from '../corpus/masking.js';
import { Random } from '../corpus/random.js';
import { readTextLines } from '../corpus/textLines.js';
import type { LabelledExample } from '../labelled/labelledExample.js';
import { readLabelled } from '../labelled/readLabelled.js';
import type { ModelConfig } from '../models/config.js';
import type { ModelFile } from '../runtime/modelFile.js';
import { classificationReport } from '../scores/classificationReport.js';
import { multiLabelReport, THRESHOLD } from '../scores/multiLabelReport.js';
import { argmax, sigmoid, softmax } from '../scores/probabilities.js';
import { regressionReport } from '../scores/regressionReport.js';
import type { JapaneseTokenizer } from '../tokenizer/tokenizer.js';

/** A row for each example: its logits; for a hidden piece the id that was guessed, alone. */
export type Answers = Float32Array[];

/** How good answers are, and how far they are those of another precision; all from 0 to 1, of correlations from -1. */
export interface Findings {
  /** By their names in reports: `accuracy`, `macroF1`, `pearson`, `spearman`. */
  scores: Record<string, number>;
  /** Part of the examples that both answer alike; of numbers, their correlation. */
  agreement: number;
}

export interface DevSet {
  /** Texts, or hidden pieces. */
  readonly examples: number;
  readonly batches: number;
  /** The model's answers. `onBatch` is told of each batch before it is worked on; what it throws ends the work. */
  ask(model: ModelFile, onBatch: () => void): Promise<Answers>;
  judge(answers: Answers, reference: Answers): Findings;
}

/** Texts worked on together: as few as a server might, for the activations of a batch share their scale in int8. */
const BATCH = 16;
/** Hidden pieces need a row of the vocabulary each, and no more lines are read than give an answer good to half a point. */
const LINES = 2000;
const HIDDEN = { mlmMaskProp: 0.15, wordMask: 1, wordKeep: 0, wholeWordMasking: false };

/** Labelled texts for a classifier. Throws what reading them throws. */
export async function labelledDevSet(
  file: string,
  config: ModelConfig,
  tokenizer: JapaneseTokenizer,
  maxSeqLength: number,
): Promise<DevSet> {
  const { labels, problemType } = config;
  const { examples } = await readLabelled(file, { problemType, labels });
  const store = encodeTexts(examples, tokenizer, Math.min(maxSeqLength, config.maxPositions));
  const batches = evaluationBatches(store.lengths, BATCH);
  return {
    examples: examples.length,
    batches: batches.length,
    async ask(model, onBatch) {
      const answers = new Array<Float32Array>(examples.length);
      for (const indexes of batches) {
        onBatch();
        const batch = padBatch(store, indexes, tokenizer.vocabulary.padId);
        const { data } = await model.logits(servedInputs(batch), [batch.batchSize, batch.sequenceLength]);
        indexes.forEach((example, row) => {
          answers[example] = (data as Float32Array).slice(row * labels.length, (row + 1) * labels.length);
        });
      }
      return answers;
    },
    judge: (answers, reference) => judges[problemType](labels, examples, answers, reference),
  };
}

const judges: Record<
  ModelConfig['problemType'],
  (labels: readonly string[], examples: readonly LabelledExample[], answers: Answers, reference: Answers) => Findings
> = {
  single_label_classification(labels, examples, answers, reference) {
    const { accuracy, macroF1 } = classificationReport(labels, scored(examples, answers, softmax));
    return { scores: { accuracy, macroF1 }, agreement: share(answers, reference, argmax) };
  },
  multi_label_classification(labels, examples, answers, reference) {
    const { accuracy, macroF1 } = multiLabelReport(labels, scored(examples, answers, sigmoid));
    const decisions = (row: Float32Array) => String(sigmoid(row).map((p) => Number(p >= THRESHOLD)));
    return { scores: { accuracy, macroF1 }, agreement: share(answers, reference, decisions) };
  },
  regression(_, examples, answers, reference) {
    const { pearson, spearman } = regressionReport(scored(examples, answers, (row) => row));
    const both = examples.map((example, i) => ({ ...example, label: reference[i]![0]! }));
    const { pearson: agreement } = regressionReport(scored(both, answers, (row) => row));
    return { scores: { pearson: pearson ?? 0, spearman: spearman ?? 0 }, agreement: agreement ?? 0 };
  },
};

/** Plain text, a sequence a line, with 15 % of its pieces hidden, for a masked language model. Throws what reading it throws. */
export async function maskedDevSet(
  file: string,
  config: ModelConfig,
  tokenizer: JapaneseTokenizer,
  maxSeqLength: number,
): Promise<DevSet> {
  const { vocabulary } = tokenizer;
  const lines: string[] = [];
  for await (const { text } of readTextLines(file)) {
    if (text.trim() !== '') lines.push(text);
    if (lines.length === LINES) break;
  }
  const store: EncodedTexts = encodeTexts(lines, tokenizer, Math.min(maxSeqLength, config.maxPositions));
  const special = [vocabulary.padId, vocabulary.unkId, vocabulary.clsId, vocabulary.sepId, vocabulary.maskId];
  const weights = maskingWeights(new Uint8Array(vocabulary.size).fill(1), 0, special);
  const options = { ...HIDDEN, maskId: vocabulary.maskId, vocabularySize: vocabulary.size, weights };
  const hidden = [...evaluationBatches(store.lengths, BATCH)].map((indexes, i) => {
    const batch = padBatch(store, indexes, vocabulary.padId);
    return { batch, ...maskBatch(batch, options, Random.fromSeed(0).fork('hidden', i)) };
  });
  const truth = hidden.flatMap(({ positions, labels }) => Array.from(positions, (at) => labels[at]!));
  return {
    examples: truth.length,
    batches: hidden.length,
    async ask(model, onBatch) {
      const answers: Answers = [];
      for (const { batch, inputIds, positions } of hidden) {
        onBatch();
        const inputs = servedInputs({ ...batch, ids: inputIds });
        const { data } = await model.logits(inputs, [batch.batchSize, batch.sequenceLength]);
        for (const at of positions) {
          const row = (data as Float32Array).subarray(at * vocabulary.size, (at + 1) * vocabulary.size);
          answers.push(Float32Array.of(row.every(Number.isFinite) ? argmax(row) : Number.NaN));
        }
      }
      return answers;
    },
    judge: (answers, reference) => ({
      scores: { accuracy: answers.filter(([guess], i) => guess === truth[i]).length / truth.length },
      agreement: share(answers, reference, ([guess]) => guess),
    }),
  };
}

/** A padded batch as the exported model takes it. */
export function servedInputs({ batchSize, sequenceLength, ids, lengths, secondStarts = lengths }: PaddedBatch) {
  const mask = new Int32Array(batchSize * sequenceLength);
  const types = new Int32Array(batchSize * sequenceLength);
  lengths.forEach((length, b) => {
    const start = b * sequenceLength;
    mask.fill(1, start, start + length);
    types.fill(1, start + secondStarts[b]!, start + length);
  });
  return { input_ids: ids, attention_mask: mask, token_type_ids: types };
}

function scored(
  examples: readonly LabelledExample[],
  answers: Answers,
  probabilities: (row: Float32Array) => ArrayLike<number>,
) {
  return examples.map((example, i) => ({ ...example, probabilities: probabilities(answers[i]!) }));
}

function share(a: Answers, b: Answers, decision: (row: Float32Array) => unknown): number {
  return a.filter((row, i) => decision(row) === decision(b[i]!)).length / a.length;
}
