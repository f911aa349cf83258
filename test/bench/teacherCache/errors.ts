/** How far the CE loss and its gradient by the student's weights are from those by the teacher's whole predictions, on held-out text. */
import { maskingWeights } from '../../../trainer-core/corpus/masking.js';
import { sampleCorpus } from '../../../trainer-core/corpusBuilder/sampleCorpus.js';
import { chooseDevice } from '../../../trainer-core/devices/chooseDevice.js';
import { loadModel, loadTokenizer, vocabFileOf } from '../../../trainer-core/hub/modelFiles.js';
import { TEACHERS } from '../../../trainer-core/models/config.js';
import { architectureConfig } from '../../../trainer-core/protocol/architectureConfig.js';
import { corpusSettings } from '../../../trainer-core/protocol/corpusSettings.js';
import { distillConfig } from '../../../trainer-core/protocol/distillConfig.js';
import { fixedBatch } from '../../../trainer-core/training/hiddenPieces.js';
import type { LanguageModelBatch } from '../../../trainer-core/training/languageModelBatch.js';
import { loadStudent, newStudent } from '../../../trainer-core/training/languageModelSources.js';
import { LanguageModelStep } from '../../../trainer-core/training/languageModelStep.js';
import { teacherOf } from '../../../trainer-core/training/teacher.js';
import { NOTHING, type TopPredictions, type TopRows } from '../../../trainer-core/training/topPredictions.js';
import { TopPredictor } from '../../../trainer-core/training/topPredictor.js';
import { decodeRecord, encodeRecord, rowBytes } from '../../../trainer-core/training/topRecord.js';
import { accumulated } from '../../support/steps.js';
import type { SampleFiles } from '../ablations/sample.js';

const KS = [8, 16, 32, 64, 128, 512];
const LENGTH = 128;
const SEQUENCES = 16;

export interface CacheError {
  student: 'untrained' | 'trained';
  temperature: number;
  k: number;
  /** On the disk. */
  bytes: number;
  /** Mean probability of what is not among the k. */
  rest: number;
  /** The loss by the whole predictions. */
  whole: number;
  /** How much less it is by the k and the rest: on each row, so this is the mean absolute error as well. */
  less: number;
  /** How much float16 adds to or takes from that. */
  half: number;
  /** |difference| / |gradient|, over all weights: as it is on the disk; by float16 alone; and of the k made to sum to 1. */
  gradient: number;
  halfGradient: number;
  renormalised: number;
}

/** @param student folder of a trained one; null: as it starts from the teacher's layers. */
export async function errorsOf(files: SampleFiles, student: string | null, temperature: number): Promise<CacheError[]> {
  const loaded = await loadModel(files.teacher, TEACHERS);
  const vocabFile = vocabFileOf(files.teacher);
  const tokenizer = loadTokenizer(vocabFile, loaded.config.vocabSize);
  const { vocabulary } = tokenizer;
  const settings = corpusSettings.parse({ sequences: 'lines', textDocuments: 'lines' });
  const text = { inputs: [files.heldOut], limitBytes: Number.POSITIVE_INFINITY, settings };
  const { signal } = new AbortController();
  const { store } = await sampleCorpus({ ...text, tokenizer, maxSeqLength: LENGTH, signal });
  const specials = [vocabulary.padId, vocabulary.unkId, vocabulary.clsId, vocabulary.sepId, vocabulary.maskId];
  const weights = maskingWeights(new Float64Array(vocabulary.size), 0, specials);
  const masking = { mlmMaskProp: 0.15, wordMask: 0.8, wordKeep: 0.1, wholeWordMasking: true, weights };
  const sequences = Uint32Array.from({ length: Math.min(SEQUENCES, store.length) }, (_, i) => i);
  const whole = { ...masking, maskId: vocabulary.maskId, vocabularySize: vocabulary.size };
  const batch = fixedBatch(store, sequences, vocabulary.padId, whole, { seed: 0, mask: 0 });

  const teacher = await teacherOf(loaded);
  const device = await chooseDevice('auto');
  const config = distillConfig.parse({ teacher: files.teacher, corpus: [files.heldOut] });
  const of =
    student === null
      ? newStudent({ ...config, student: architectureConfig.parse({ layers: 2 }) }, loaded, '')
      : await loadStudent(student);
  const still = { config: { ...of.config, hiddenDropout: 0, attentionDropout: 0 }, weights: of.weights, source: '' };

  /** Loss and gradient by the whole predictions, or by these. */
  const measured = async (predictions: TopPredictions | null) => {
    const losses = {
      weights: { ce: 1 },
      temperature,
      restrictCeToMask: false,
      ...(predictions && { topK: predictions.k }),
    };
    const layout = { labelledChunks: 1, otherChunks: 4, tokensPerRun: 1024 };
    const adamw = { beta1: 0.9, beta2: 0.98, epsilon: 1e-6, weightDecay: 0, maxGradNorm: 5 };
    const common = { student: still, teacher, losses, layout, frozen: [], adamw, accumulate: true, device };
    const model = await LanguageModelStep.create(common);
    let loss = 0;
    for await (const run of model.runs([batch], 0, predictions)) loss += (await accumulated(model.step, run, 1, 0)).ce!;
    const gradient = [...(await model.step.gradients()).values()].map(({ data }) => data.slice());
    await model.dispose();
    return { loss, gradient };
  };

  const expected = await measured(null);
  const errors: CacheError[] = [];
  for (const k of KS) {
    const layout = { k, idBytes: 2 } as const;
    const exact = await predicted(batch, { teacher, k, temperature, device });
    const changed = (change: (rows: TopRows, i: number) => TopRows): TopPredictions => ({
      k,
      of: (numbers) => numbers.map((i) => change(exact.get(i)!, i)),
    });
    const unrounded = await measured(changed((rows) => rows));
    const stored = await measured(
      changed((rows, i) => decodeRecord(layout, i, encodeRecord(layout, i, rows) as Uint8Array<ArrayBuffer>)!),
    );
    const renormalised = await measured(changed((rows) => withoutRest(rows, k)));
    errors.push({
      student: student === null ? 'untrained' : 'trained',
      temperature,
      k,
      bytes: rowBytes(layout),
      rest: meanRest([...exact.values()], k),
      whole: expected.loss,
      less: expected.loss - stored.loss,
      half: stored.loss - unrounded.loss,
      gradient: distance(stored.gradient, expected.gradient),
      halfGradient: distance(stored.gradient, unrounded.gradient),
      renormalised: distance(renormalised.gradient, expected.gradient),
    });
  }
  return errors;
}

async function predicted(
  batch: LanguageModelBatch,
  options: Parameters<typeof TopPredictor.compile>[0],
): Promise<Map<number, TopRows>> {
  const predictor = await TopPredictor.compile(options);
  const rows = new Map<number, TopRows>();
  for await (const [sequence, found] of predictor.predict(batch, false)) rows.set(sequence, found);
  await predictor.dispose();
  return rows;
}

function meanRest(all: readonly TopRows[], k: number): number {
  const rests = all.flatMap(({ logProbabilities: logs }) => [...logs.filter((_, i) => i % (k + 1) === k)]);
  return rests.reduce((sum, x) => sum + Math.exp(x), 0) / rests.length;
}

/** The k pieces made to sum to 1, and nothing left for others. */
function withoutRest({ pieces, logProbabilities }: TopRows, k: number): TopRows {
  const logs = logProbabilities.map((x, i) => {
    const row = Math.floor(i / (k + 1));
    if (i % (k + 1) === k) return NOTHING;
    return x - Math.log(1 - Math.exp(logProbabilities[row * (k + 1) + k]!));
  });
  return { pieces, logProbabilities: logs };
}

/** |a - b| / |b|. */
function distance(a: readonly Float32Array[], b: readonly Float32Array[]): number {
  let [difference, size] = [0, 0];
  b.forEach((part, i) => {
    part.forEach((x, j) => {
      difference += (a[i]![j]! - x) ** 2;
      size += x ** 2;
    });
  });
  return Math.sqrt(difference / size);
}
