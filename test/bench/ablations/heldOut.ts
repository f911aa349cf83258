/**
 * Scores a student on held-out text with the masks that all students are scored with. A run's own validation would not do: what it hides
 * follows the settings that are compared here, such as whole-word masking, the size of a batch, and what a sequence is.
 */
import { evaluationBatches, padBatch } from '../../../trainer-core/corpus/batches.js';
import { IGNORED_LABEL, maskBatch, maskingWeights } from '../../../trainer-core/corpus/masking.js';
import { Random } from '../../../trainer-core/corpus/random.js';
import { sampleCorpus } from '../../../trainer-core/corpusBuilder/sampleCorpus.js';
import { chooseDevice } from '../../../trainer-core/devices/chooseDevice.js';
import { loadModel, loadTokenizer, vocabFileOf } from '../../../trainer-core/hub/modelFiles.js';
import { TEACHERS } from '../../../trainer-core/models/config.js';
import { corpusSettings } from '../../../trainer-core/protocol/corpusSettings.js';
import type { Device } from '../../../trainer-core/runtime/devices.js';
import type { LanguageModelBatch } from '../../../trainer-core/training/languageModelBatch.js';
import { type Teacher, teacherOf } from '../../../trainer-core/training/teacher.js';
import { Validator } from '../../../trainer-core/training/validator.js';
import type { Scores } from './result.js';
import type { SampleFiles } from './sample.js';

const SETTINGS = corpusSettings.parse({ sequences: 'lines', textDocuments: 'lines' });
const BATCH_SIZE = 8;
const MASKING = { mlmMaskProp: 0.15, wordMask: 0.8, wordKeep: 0.1 };

/** What is to be predicted. */
type Batches = readonly LanguageModelBatch[];

/** Every so many of the pieces that are not hidden is compared. */
const SEEN_EVERY = 8;

/** Held-out sequences, hidden in several ways. */
export class HeldOut {
  private constructor(
    private readonly teacher: Teacher,
    private readonly batches: Record<'pieces' | 'words' | 'rare' | 'seen', Batches>,
    private readonly device: Device,
  ) {}

  /** @param maxSeqLength in pieces. */
  static async read(files: SampleFiles, maxSeqLength: number, signal: AbortSignal): Promise<HeldOut> {
    const teacher = await loadModel(files.teacher, TEACHERS);
    const tokenizer = loadTokenizer(vocabFileOf(files.teacher), teacher.config.vocabSize);
    const { vocabulary } = tokenizer;
    const corpusOf = async (file: string) => {
      const everything = { inputs: [file], limitBytes: Number.POSITIVE_INFINITY, settings: SETTINGS };
      return await sampleCorpus({ ...everything, tokenizer, maxSeqLength, signal });
    };
    const { tokenCounts } = await corpusOf(files.text);
    const { store } = await corpusOf(files.heldOut);
    const specials = [vocabulary.padId, vocabulary.unkId, vocabulary.clsId, vocabulary.sepId, vocabulary.maskId];
    const hidden = (wholeWordMasking: boolean, smoothing: number) => {
      const weights = maskingWeights(tokenCounts, smoothing, specials);
      const options = {
        ...MASKING,
        wholeWordMasking,
        weights,
        maskId: vocabulary.maskId,
        vocabularySize: vocabulary.size,
      };
      return [...evaluationBatches(store.lengths, BATCH_SIZE)].map((batch, k): LanguageModelBatch => {
        const padded = padBatch(store, batch, vocabulary.padId);
        const { batchSize, sequenceLength, lengths } = padded;
        const { inputIds, labels } = maskBatch(padded, options, Random.fromSeed(0).fork('held-out', k));
        return { batchSize, sequenceLength, lengths, inputIds, labels };
      });
    };
    const pieces = hidden(false, 0);
    const seen = pieces.map((batch) => ({ ...batch, labels: seenLabels(batch, specials) }));
    const batches = { pieces, words: hidden(true, 0), rare: hidden(false, 0.7), seen };
    const device = await chooseDevice('auto');
    return new HeldOut(await teacherOf(teacher), batches, device);
  }

  /** The scores of the model in `folder`. */
  async score(folder: string): Promise<Omit<Scores, 'macroF1'>> {
    const { config, weights } = await loadModel(folder);
    const scored = async (batches: Batches, teacher: Teacher | null) => {
      const fixed = { student: config, weights, causal: false, device: this.device };
      const validator = await Validator.create({ ...fixed, teacher, batches });
      const { metrics } = await validator.score();
      await validator.dispose();
      return metrics as { loss: number; agreement: number; kl: number };
    };
    const { pieces, words, rare, seen } = this.batches;
    const { loss, agreement, kl } = await scored(pieces, this.teacher);
    const [wordLoss, rareLoss] = [(await scored(words, null)).loss, (await scored(rare, null)).loss];
    return { loss, wordLoss, rareLoss, agreement, kl, seenKl: (await scored(seen, this.teacher)).kl };
  }
}

/** Labels at every eighth piece that a batch does not hide, special ones not counted, in place of those that it does. */
export function seenLabels({ inputIds, labels }: LanguageModelBatch, specials: readonly number[]): Int32Array {
  let seen = 0;
  return labels.map((label, i) => {
    const id = inputIds[i]!;
    return label !== IGNORED_LABEL || specials.includes(id) || seen++ % SEEN_EVERY > 0 ? IGNORED_LABEL : id;
  });
}
