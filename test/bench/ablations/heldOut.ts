/**
 * Scores a student on held-out text with the masks that all students are scored with. A run's own validation would not do: what it hides
 * follows the settings that are compared here, such as whole-word masking, the size of a batch, and what a sequence is.
 */
import { evaluationBatches, padBatch } from '../../../trainer-core/corpus/batches.js';
import { type MaskingOptions, maskBatch, maskingWeights } from '../../../trainer-core/corpus/masking.js';
import { Random } from '../../../trainer-core/corpus/random.js';
import { sampleCorpus } from '../../../trainer-core/corpusBuilder/sampleCorpus.js';
import { loadModel, loadTokenizer, vocabFileOf } from '../../../trainer-core/hub/modelFiles.js';
import { TEACHERS } from '../../../trainer-core/models/config.js';
import { corpusSettings } from '../../../trainer-core/protocol/corpusSettings.js';
import { chooseDevice } from '../../../trainer-core/runtime/devices.js';
import type { LanguageModelBatch } from '../../../trainer-core/training/languageModelBatch.js';
import { type Teacher, teacherOf } from '../../../trainer-core/training/teacher.js';
import { Validator } from '../../../trainer-core/training/validator.js';
import type { Scores } from './result.js';

const SETTINGS = corpusSettings.parse({ sequences: 'lines', textDocuments: 'lines' });
const BATCH_SIZE = 8;

/** Held-out sequences, hidden twice: single pieces, drawn evenly, and whole words. */
export class HeldOut {
  private constructor(
    private readonly teacher: Teacher,
    private readonly pieces: readonly LanguageModelBatch[],
    private readonly words: readonly LanguageModelBatch[],
    private readonly threads: number,
  ) {}

  /** @param maxSeqLength in pieces. */
  static async read(text: string, teacherFolder: string, maxSeqLength: number, signal: AbortSignal): Promise<HeldOut> {
    const teacher = await loadModel(teacherFolder, TEACHERS);
    const tokenizer = loadTokenizer(vocabFileOf(teacherFolder), teacher.config.vocabSize);
    const { vocabulary } = tokenizer;
    const everything = { inputs: [text], limitBytes: Number.POSITIVE_INFINITY, settings: SETTINGS };
    const { store } = await sampleCorpus({ ...everything, tokenizer, maxSeqLength, signal });
    const specials = [vocabulary.padId, vocabulary.unkId, vocabulary.clsId, vocabulary.sepId, vocabulary.maskId];
    const evenly = maskingWeights(new Float64Array(vocabulary.size), 0, specials);
    const masking = { mlmMaskProp: 0.15, wordMask: 0.8, wordKeep: 0.1, maskId: vocabulary.maskId, weights: evenly };
    const hidden = (wholeWordMasking: boolean) => {
      const options: MaskingOptions = { ...masking, wholeWordMasking, vocabularySize: vocabulary.size };
      return [...evaluationBatches(store.lengths, BATCH_SIZE)].map((batch, k): LanguageModelBatch => {
        const padded = padBatch(store, batch, vocabulary.padId);
        const { batchSize, sequenceLength, lengths } = padded;
        const { inputIds, labels } = maskBatch(padded, options, Random.fromSeed(0).fork('held-out', k));
        return { batchSize, sequenceLength, lengths, inputIds, labels };
      });
    };
    const { threads } = await chooseDevice('auto');
    return new HeldOut(await teacherOf(teacher), hidden(false), hidden(true), threads);
  }

  /** The scores of the model in `folder`. */
  async score(folder: string): Promise<Omit<Scores, 'macroF1'>> {
    const { config, weights } = await loadModel(folder);
    const fixed = { teacher: this.teacher, threads: this.threads, causal: false };
    const scored = async (batches: readonly LanguageModelBatch[]) => {
      const validator = await Validator.create({ ...fixed, student: config, weights, batches });
      const { metrics } = await validator.score();
      await validator.dispose();
      return metrics as { loss: number; agreement: number; kl: number };
    };
    const { loss, agreement, kl } = await scored(this.pieces);
    return { loss, wordLoss: (await scored(this.words)).loss, agreement, kl };
  }
}
