/** Text in, label and probabilities out: a fine-tuned model folder ready to use. */
import { padBatch, type Sequences } from '../corpus/batches.js';
import { encodeTexts, type TextCut, type TextInput } from '../corpus/encodeTexts.js';
import { type ChooseOptions, chooseDevice } from '../devices/chooseDevice.js';
import { folderWeights, heldWeights } from '../hub/initializers.js';
import { loadTokenizer, readConfig, vocabFileOf } from '../hub/modelFiles.js';
import type { ModelConfig } from '../models/config.js';
import { parameterShapes } from '../models/parameters.js';
import { type Classification, likeliest } from '../protocol/classification.js';
import { TrainerError } from '../protocol/errors.js';
import { float16Lowering } from '../runtime/float16.js';
import { resolvePrecision } from '../runtime/halfPrecision.js';
import { type CompileOptions, Program } from '../runtime/program.js';
import { argmax, sigmoid, softmax } from '../scores/probabilities.js';
import type { JapaneseTokenizer } from '../tokenizer/tokenizer.js';
import { classificationFeeds, classificationGraph } from './classificationGraph.js';
import { meanOfTexts } from './meanOfTexts.js';
import { scoringBatches } from './scoringBatches.js';

export interface ClassifierOptions {
  device?: string;
  /** Longer texts are cut to this many pieces; default as the model was trained, else what it can read. */
  maxSeqLength?: number;
  /** What is read of texts that are too long; default as the model was trained, else their beginning. */
  cut?: Partial<TextCut>;
  /** Sequences worked on together; default 32. */
  batchSize?: number;
  threads?: number;
  /** Default fp32. In fp16 the weights take half as much memory, and answers are less exact; on a GPU that has half precision. */
  precision?: 'fp32' | 'fp16';
}

/** How texts are cut by a model that does not say how it was trained. */
const HEAD: TextCut = { longTexts: 'head', stride: 32 };

export class Classifier {
  private constructor(
    readonly config: ModelConfig,
    readonly tokenizer: JapaneseTokenizer,
    private readonly program: Program,
    readonly options: Readonly<
      Required<Omit<ClassifierOptions, 'device' | 'threads' | 'cut' | 'precision'>> & { cut: TextCut }
    >,
    /** What its graphs are compiled for. */
    readonly compute: Readonly<Pick<CompileOptions, 'device' | 'threads'>>,
  ) {}

  /**
   * Loads a fine-tuned folder. `choosing`: what is told and stops meanwhile when devices have to be timed first.
   * Throws `modelNotClassifier` when it has no labels, `windowsDoNotMove`, `vocabularySizeMismatch`, `deviceUnavailable`, `precisionUnavailable`, and the errors of reading models.
   */
  static async load(
    folder: string,
    options: ClassifierOptions = {},
    choosing: ChooseOptions = {},
  ): Promise<Classifier> {
    const device = await chooseDevice(options.device ?? 'auto', choosing);
    const config = await readConfig(folder);
    if (config.labels.length === 0) throw new TrainerError('modelNotClassifier', { folder });
    const { maxPositions, textCut } = config;
    const maxSeqLength = Math.min(options.maxSeqLength ?? textCut?.maxSeqLength ?? maxPositions, maxPositions);
    const { batchSize = 32 } = options;
    const { longTexts, stride } = { ...HEAD, ...textCut, ...options.cut };
    const cut = { longTexts, stride };
    const room = maxSeqLength - 2;
    if (cut.longTexts === 'windows' && cut.stride >= room) {
      throw new TrainerError('windowsDoNotMove', { stride: cut.stride, room });
    }
    const tokenizer = loadTokenizer(vocabFileOf(folder), config.vocabSize);
    const { graph, logits } = classificationGraph(config, false);
    graph.output('logits', logits);
    const half = options.precision === 'fp16';
    if (half) await resolvePrecision('fp16', device, ['fp32']);
    const weights = await (half ? heldWeights : folderWeights)(folder, parameterShapes(graph));
    const compute = { device, ...(options.threads !== undefined && { threads: options.threads }) };
    const program = await Program.compile(graph, {
      ...compute,
      ...weights,
      ...(half && { lowering: float16Lowering() }),
    });
    return new Classifier(config, tokenizer, program, { maxSeqLength, cut, batchSize }, compute);
  }

  get labels(): readonly string[] {
    return this.config.labels;
  }

  /** Classifies texts, batched by length; the answers come in the order of the texts. `signal` aborts between batches. */
  async classify(texts: readonly TextInput[], signal?: AbortSignal): Promise<Classification[]> {
    const logits = await this.logits(texts, signal);
    return logits.map((row) => this.answer(row));
  }

  /** The answer for a text with these logits. */
  answer(logits: ArrayLike<number>): Classification {
    const probabilities = this.#probabilities(logits);
    const best = argmax(probabilities);
    const scores = Object.fromEntries(this.labels.map((label, id) => [label, probabilities[id]!]));
    const answer = { label: this.labels[best]!, score: probabilities[best]!, scores };
    if (this.config.problemType !== 'multi_label_classification') return answer;
    const labels = likeliest(scores, this.labels.length).filter(({ score }) => score >= 0.5);
    return { ...answer, labels: labels.map(({ label }) => label) };
  }

  /**
   * The probability of each class for each text, at the model's temperature; of a regression its number. `signal` aborts between
   * batches with an AbortError.
   */
  async probabilities(texts: readonly TextInput[], signal?: AbortSignal): Promise<Float64Array[]> {
    const logits = await this.logits(texts, signal);
    return logits.map((row) => this.#probabilities(row));
  }

  #probabilities(logits: ArrayLike<number>): Float64Array {
    const { problemType, temperature } = this.config;
    if (problemType === 'regression') return Float64Array.from(logits);
    return (problemType === 'multi_label_classification' ? sigmoid : softmax)(logits, temperature);
  }

  /** The score of each class for each text, before temperature and softmax. `signal` aborts between batches with an AbortError. */
  async logits(texts: readonly TextInput[], signal?: AbortSignal): Promise<Float32Array[]> {
    const { maxSeqLength, cut } = this.options;
    const store = encodeTexts(texts, this.tokenizer, maxSeqLength, cut);
    return meanOfTexts(await this.#rows(store, signal), store.textOf);
  }

  /** The logits of sequences of ids, [CLS] and [SEP] among them. `signal` aborts between batches with an AbortError. */
  async sequenceLogits(sequences: readonly Int32Array[], signal?: AbortSignal): Promise<Float32Array[]> {
    const lengths = sequences.map(({ length }) => length);
    return this.#rows({ at: (i) => sequences[i]!, wordStarts: () => [], lengths }, signal);
  }

  /** One row for each sequence. */
  async #rows(sequences: Sequences & { lengths: ArrayLike<number> }, signal?: AbortSignal): Promise<Float32Array[]> {
    const rows = new Array<Float32Array>(sequences.lengths.length);
    const classes = this.labels.length;
    for (const indexes of scoringBatches(sequences.lengths, this.options.batchSize, this.config)) {
      signal?.throwIfAborted();
      const batch = padBatch(sequences, indexes, this.tokenizer.vocabulary.padId);
      const { logits } = await this.program.run(classificationFeeds(batch));
      indexes.forEach((sequence, row) => {
        rows[sequence] = (logits?.data as Float32Array).slice(row * classes, (row + 1) * classes);
      });
    }
    return rows;
  }

  async dispose(): Promise<void> {
    await this.program.dispose();
  }
}
