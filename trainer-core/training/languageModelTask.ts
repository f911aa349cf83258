/** Pre-training and distillation as tasks of the loop: they differ in having a teacher. */
import { readModelWeights } from '../checkpoint/modelFolder.js';
import { type Batches, evaluationBatches, groupedBatches, padBatch, shuffledBatches } from '../corpus/batches.js';
import { maskBatch } from '../corpus/masking.js';
import { Random } from '../corpus/random.js';
import { saveModel } from '../hub/modelFiles.js';
import type { ModelConfig } from '../models/config.js';
import { embeddingParameter } from '../models/encoder.js';
import { maskedLmParameters } from '../models/heads.js';
import { untrainedParameters } from '../models/parameters.js';
import type { Objective } from '../protocol/events.js';
import type { Precision } from '../protocol/precision.js';
import type { NamedTensors } from '../protocol/tensor.js';
import type { Device } from '../runtime/devices.js';
import type { Vocabulary } from '../tokenizer/vocabulary.js';
import type { TrainingCorpus } from './corpusSource.js';
import { holdOut } from './heldOut.js';
import { type MaskingSettings, maskingOptions } from './hiddenPieces.js';
import { type LanguageModelBatch, nextIds } from './languageModelBatch.js';
import { LanguageModelStep } from './languageModelStep.js';
import { isCausal, type LanguageModelLosses } from './lossSettings.js';
import { languageModelLayout } from './runSize.js';
import type { LoopSettings, Task } from './task.js';
import type { Teacher } from './teacher.js';
import type { TeacherCache } from './teacherCache.js';
import { Validator } from './validator.js';

export interface LanguageModelTaskOptions {
  objective: Objective;
  student: { config: ModelConfig; weights: NamedTensors; vocabFile: string };
  teacher: Teacher | null;
  losses: LanguageModelLosses;
  corpus: TrainingCorpus;
  vocabulary: Vocabulary;
  settings: LoopSettings &
    MaskingSettings & {
      batchSize: number;
      maxSeqLength: number;
      groupByLength: boolean;
      freezePositionEmbeddings: boolean;
      freezeTokenTypeEmbeddings: boolean;
      numEpochs: number;
      adamBeta1: number;
      adamBeta2: number;
      adamEpsilon: number;
      weightDecay: number;
      maxGradNorm: number;
      validationSequences: number;
      patience: number | null;
    };
  device: Device;
  /** As `resolvePrecision` gives it; default fp32. */
  precision?: Precision;
  /** Where the teacher's predictions are, for losses with `topK`: what a sequence is trained on is then what the teacher was given. */
  cache?: TeacherCache | null;
}

/** Builds the graphs and makes everything ready. */
export async function languageModelTask(options: LanguageModelTaskOptions): Promise<Task> {
  const { student, teacher, losses, corpus, vocabulary, settings, device, precision = 'fp32', cache = null } = options;
  const { store } = corpus;
  const { batchSize, maxSeqLength, numEpochs, gradientAccumulationSteps, seed } = settings;
  const causal = isCausal(losses);
  let longest = 1;
  for (let i = 0; i < store.length; i++) longest = Math.max(longest, store.lengths[i]!);
  const layout = languageModelLayout({
    models: [student.config, ...(teacher ? [teacher.config] : [])],
    longest,
    labelledPart: causal ? 1 : settings.mlmMaskProp,
    relationHeads: losses.relation?.heads ?? 0,
  });
  const { tokensPerRun } = layout;
  const model = await LanguageModelStep.create({
    student: { ...student, source: student.vocabFile },
    teacher,
    losses,
    layout,
    frozen: frozenParameters(student.config, settings),
    adamw: {
      beta1: settings.adamBeta1,
      beta2: settings.adamBeta2,
      epsilon: settings.adamEpsilon,
      weightDecay: settings.weightDecay,
      maxGradNorm: settings.maxGradNorm,
    },
    accumulate: gradientAccumulationSteps > 1 || batchSize * longest > tokensPerRun,
    keepGradients: settings.tensorboard === 'parameters',
    device,
  });
  const { step } = model;
  // The rest of the loaded weights is copied by now and can go.
  const trained = step.store.views(step.store.values);
  const untrained: NamedTensors = new Map([...student.weights].filter(([name]) => !trained.has(name)));
  const { config, vocabFile } = student;

  const masking = maskingOptions(settings, vocabulary, corpus.tokenCounts);
  const random = Random.fromSeed(seed);
  const { validation, training } = holdOut(store.length, settings.validationSequences, random.fork('held-out'));
  const lengthsOf = (sequences: Uint32Array) => Uint16Array.from(sequences, (i) => store.lengths[i]!);
  const lengths = training === null ? store.lengths : lengthsOf(training);
  /** The batch of these sequences of the corpus, with what is to be predicted of it. */
  const batchOf = (sequences: Uint32Array, chance: Random): LanguageModelBatch => {
    const padded = padBatch(store, sequences, vocabulary.padId);
    const { batchSize: rows, sequenceLength, lengths: real } = padded;
    const { inputIds, labels } = causal
      ? { inputIds: padded.ids, labels: nextIds(padded.ids, real, sequenceLength) }
      : maskBatch(padded, masking, chance.fork('masks'));
    return { batchSize: rows, sequenceLength, inputIds, labels, lengths: real };
  };
  const validator =
    validation.length === 0
      ? null
      : await Validator.create({
          student: config,
          weights: new Map([...untrained, ...trained]),
          // Without a head it predicts nothing to be compared with.
          teacher: teacher?.projection ? teacher : null,
          predictor: model.predictor,
          batches: [...evaluationBatches(lengthsOf(validation), batchSize)].map((batch, k) =>
            batchOf(
              batch.map((i) => validation[i]!),
              random.fork('validation', k),
            ),
          ),
          causal,
          device,
        });

  const order = random.fork('batches');
  const batches = (epoch: number): Batches =>
    settings.groupByLength
      ? groupedBatches(lengths, batchSize, maxSeqLength, order.fork('groups', epoch)).shuffle(order.fork(epoch))
      : shuffledBatches(lengths, batchSize, order.fork(epoch));

  let tokensNow = tokensPerRun;
  return {
    objective: options.objective,
    step,
    device,
    precision,
    sequences: lengths.length,
    tokensPerEpoch: training === null ? store.tokens : store.tokens - sum(lengthsOf(validation)),
    lengths,
    tokensPerRun,
    halveRuns() {
      // A run has one sequence at least, so it cannot be smaller than the longest.
      if (!step.accumulates || tokensNow <= longest) return null;
      tokensNow = Math.max(longest, Math.floor(tokensNow / 2));
      model.setTokensPerRun(tokensNow);
      return tokensNow;
    },
    corpus: corpus.origin,
    // As the reference counts: whole steps of all epochs, and one more.
    totalSteps: Math.floor((Math.ceil(lengths.length / batchSize) / gradientAccumulationSteps) * numEpochs) + 1,
    patience: settings.patience,
    batches,
    prepare(microBatches, progress) {
      const cached = cache?.ofEpoch(microBatches[0]!.epoch);
      const made = microBatches.map(({ examples, random: chance }) => {
        const sequences = training === null ? examples : examples.map((i) => training[i]!);
        return cached ? cached.batch(sequences) : batchOf(sequences, chance);
      });
      const tokens = made.reduce((n, batch) => n + batch.lengths.reduce((sum, length) => sum + length, 0), 0);
      return { runs: model.runs(made, progress, cached?.predictions), tokens };
    },
    async save(folder: string) {
      const weights = maskedLmTensors(config, new Map([...untrained, ...trained]));
      await saveModel(folder, { config, vocabFile, weights }, 'maskedLm');
    },
    ...(validator && {
      evaluate: () => validator.score(),
      async restoreBest(folder: string) {
        // What is dropped at the end, such as a projection to the teacher's size, is not in the folder.
        step.store.load(new Map([...trained, ...(await readModelWeights(folder))]));
        await step.push();
      },
    }),
    async dispose() {
      corpus.close();
      await cache?.close();
      await validator?.dispose();
      await model.dispose();
    },
  };
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}

function frozenParameters(
  config: ModelConfig,
  settings: Pick<LanguageModelTaskOptions['settings'], 'freezePositionEmbeddings' | 'freezeTokenTypeEmbeddings'>,
): string[] {
  return [
    ...untrainedParameters(config),
    ...(settings.freezePositionEmbeddings ? [`${embeddingParameter(config, 'position_embeddings')}.weight`] : []),
    ...(settings.freezeTokenTypeEmbeddings ? [`${embeddingParameter(config, 'token_type_embeddings')}.weight`] : []),
  ];
}

/** The tensors of a masked language model, without tied copies and without those of other heads. */
function maskedLmTensors(config: ModelConfig, tensors: NamedTensors): NamedTensors {
  const { dense, norm, bias } = maskedLmParameters(config);
  const encoderPrefix = `${config.modelType}.`;
  const keeps = (name: string) =>
    (name.startsWith(encoderPrefix) && !name.startsWith('bert.pooler.')) ||
    name.startsWith(`${dense}.`) ||
    name.startsWith(`${norm}.`) ||
    name === bias;
  return new Map([...tensors].filter(([name]) => keeps(name)));
}
