/** A classifier that also says why: what each word of a text adds to the log-odds of its label. */
import { Classifier } from '../classify/classifier.js';
import { meanOfTexts } from '../classify/meanOfTexts.js';
import { folderWeights } from '../hub/initializers.js';
import { parameterShapes } from '../models/parameters.js';
import type { Classification } from '../protocol/classification.js';
import { TrainerError } from '../protocol/errors.js';
import type { Explanation, ExplanationMethod } from '../protocol/explanation.js';
import { Program } from '../runtime/program.js';
import { attributionGraph } from './attributionGraph.js';
import { gradientAttribution } from './gradientAttribution.js';
import { logOdds, logOddsGradient } from './logOdds.js';
import { occlusion } from './occlusion.js';
import { masked, type ReadText, readText } from './readText.js';

/** The answer for a text, and why. */
export interface Explained extends Classification {
  explanation: Explanation;
}

export interface ExplainOptions {
  /** Default occlusion. */
  method?: ExplanationMethod;
  /** The label to explain; default the likeliest. */
  label?: string | null;
  /** Points of integrated gradients; default 32. */
  steps?: number;
  signal?: AbortSignal;
  /** Told how much is done, in words or in points. */
  onProgress?: (done: number, total: number) => void;
}

export class Explainer {
  #attribution: Promise<Program> | undefined;

  private constructor(
    readonly classifier: Classifier,
    private readonly folder: string,
  ) {}

  /** Takes what `Classifier.load` takes, and throws what it throws. */
  static async load(...args: Parameters<typeof Classifier.load>): Promise<Explainer> {
    return new Explainer(await Classifier.load(...args), args[0]);
  }

  /** Classifies a text and weighs its words. Throws `labelUnknown`; aborts between batches with an AbortError. */
  async explain(text: string, options: ExplainOptions = {}): Promise<Explained> {
    const { method = 'occlusion', label, signal } = options;
    const { classifier } = this;
    const { tokenizer } = classifier;
    const { maskId } = tokenizer.vocabulary;
    const read = readText(text, tokenizer, classifier.options.maxSeqLength, classifier.options.cut);
    const rows = await classifier.sequenceLogits(
      read.sequences.map(({ ids }) => ids),
      signal,
    );
    const answer = classifier.answer(textLogits(rows));
    const target = this.#target(label ?? answer.label);
    const score = (of: readonly Float32Array[]) => logOdds(this.#scaled(of), target, classifier.config.problemType);
    const nothing = read.sequences.map(
      (sequence) => masked(sequence, maskId, 0, Number.POSITIVE_INFINITY) ?? sequence.ids,
    );
    const [whole, baseline] = [score(rows), score(await classifier.sequenceLogits(nothing, signal))];
    const weights =
      method === 'occlusion'
        ? await this.#occlusion(read, rows, score, options)
        : await this.#gradient(read, target, method === 'gradient' ? [1] : midpoints(options.steps ?? 32), options);
    const sum = weights.reduce<number>((total, weight) => total + (weight ?? 0), 0);
    const words = read.units.map(({ text, start, end }, i) => ({ text, start, end, weight: weights[i] ?? null }));
    const gap = sum - (whole - baseline);
    const explained = classifier.labels[target] as string;
    return { ...answer, explanation: { method, label: explained, logOdds: whole, baseline, gap, words } };
  }

  async dispose(): Promise<void> {
    await (await this.#attribution)?.dispose();
    await this.classifier.dispose();
  }

  async #occlusion(
    read: ReadText,
    rows: readonly Float32Array[],
    score: (rows: readonly Float32Array[]) => number,
    { signal, onProgress }: ExplainOptions,
  ): Promise<(number | null)[]> {
    return occlusion(read, rows, {
      maskId: this.classifier.tokenizer.vocabulary.maskId,
      run: (sequences) => this.classifier.sequenceLogits(sequences, signal),
      score,
      onWords: (done) => onProgress?.(done, read.units.length),
    });
  }

  async #gradient(
    { units, sequences }: ReadText,
    target: number,
    fractions: readonly number[],
    { signal, onProgress }: ExplainOptions,
  ): Promise<(number | null)[]> {
    const { labels, tokenizer, config } = this.classifier;
    const { padId, maskId } = tokenizer.vocabulary;
    const share = 1 / (sequences.length * config.temperature);
    const attributions = await gradientAttribution(sequences, {
      program: await this.#attributionProgram(),
      classes: labels.length,
      padId,
      maskId,
      fractions,
      slopes: (rows) => logOddsGradient(this.#scaled(rows), target, config.problemType).map((slope) => slope * share),
      signal,
      onSteps: (done) => onProgress?.(done, fractions.length),
    });
    return units.map(({ firstPiece, lastPiece }) => {
      const parts = sequences.flatMap(({ pieces }, s) =>
        [...attributions[s]!].filter((_, i) => pieces[i]! >= firstPiece && pieces[i]! <= lastPiece),
      );
      return parts.length === 0 ? null : parts.reduce((sum, part) => sum + part, 0);
    });
  }

  /** Compiled when first needed: occlusion does without. */
  async #attributionProgram(): Promise<Program> {
    const { config, compute } = this.classifier;
    this.#attribution ??= (async () => {
      const graph = attributionGraph(config);
      const weights = await folderWeights(this.folder, parameterShapes(graph));
      return Program.compile(graph, { ...compute, ...weights });
    })();
    return this.#attribution;
  }

  /** The text's logits at the model's temperature. */
  #scaled(rows: readonly Float32Array[]): number[] {
    return Array.from(textLogits(rows), (z) => z / this.classifier.config.temperature);
  }

  #target(label: string): number {
    const { labels } = this.classifier;
    const target = labels.indexOf(label);
    if (target < 0) throw new TrainerError('labelUnknown', { label, known: labels });
    return target;
  }
}

/** In the middle of each of `steps` equal parts of the way from 0 to 1. */
function midpoints(steps: number): number[] {
  return Array.from({ length: steps }, (_, k) => (k + 0.5) / steps);
}

/** The logits of one text by those of its sequences. */
function textLogits(rows: readonly Float32Array[]): Float32Array {
  return meanOfTexts(rows, new Uint8Array(rows.length))[0]!;
}
