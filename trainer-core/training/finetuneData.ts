/** The labelled data of a fine-tuning: read, split, checked and made into sequences. */
import type { TextInput, WordEncoder } from '../corpus/encodeTexts.js';
import { joinedTexts } from '../corpus/joinedTexts.js';
import { type DataSets, readDataSets } from '../labelled/dataSets.js';
import { encodeExamples } from '../labelled/encodeExamples.js';
import type { LabelledData } from '../labelled/labelledExample.js';
import { lengthsOf } from '../labelled/lengths.js';
import { readUnlabelled, type UnlabelledText } from '../labelled/readUnlabelled.js';
import type { DataSummary, SetSummary } from '../protocol/dataSummary.js';
import type { FinetuneConfig } from '../protocol/finetuneConfig.js';
import type { OnStage } from '../protocol/jobs.js';
import type { Split } from './scorer.js';

/** What of a config this reads. */
export type DataSettings = Pick<
  FinetuneConfig,
  keyof Parameters<typeof readDataSets>[0] | 'unlabelled' | 'maxSeqLength' | 'longTexts' | 'stride'
>;

/** The sets as sequences. */
export interface EncodedSets {
  /** The sequences of texts without labels come after those of the examples. */
  learn: Split;
  dev: Split;
  test: Split | null;
  /** What the sets are, with their lengths. */
  summary: DataSummary;
  /** Part of the training text that was made into sequences: 1, or less where there was a limit. */
  part: number;
  /** What is learned from: the texts of the examples, then those without labels. */
  texts: TextInput[];
}

export interface EncodeOptions {
  signal: AbortSignal;
  onStage?: OnStage;
  /** About how much text of each set to make into sequences; labels are read from all of it. Default: all. */
  limitBytes?: number;
}

/** The labelled sets, and texts without labels to learn from besides. */
export type FinetuneSets = DataSets & { unlabelled: readonly UnlabelledText[] };

/** Reads the sets that a config names. Throws what `readDataSets` and `readUnlabelled` throw. */
export async function readSets(config: DataSettings, signal: AbortSignal): Promise<FinetuneSets> {
  const sets = await readDataSets(readingOf(config), signal);
  const { unlabelled } = config;
  return {
    ...sets,
    unlabelled: unlabelled === null ? [] : await readUnlabelled(unlabelled, readingOf(config), signal),
  };
}

/** Makes them into sequences. Throws what `encodeExamples` throws. */
export async function encodeSets(
  sets: FinetuneSets,
  config: Pick<DataSettings, 'maxSeqLength' | 'longTexts' | 'stride'>,
  encoder: WordEncoder,
  { limitBytes = Number.POSITIVE_INFINITY, ...options }: EncodeOptions,
): Promise<EncodedSets> {
  const { maxSeqLength } = config;
  const encode = async ({ examples }: LabelledData, { source }: SetSummary): Promise<Split> => {
    const first = firstExamples(examples, limitBytes);
    return {
      examples: first,
      store: await encodeExamples(first, encoder, maxSeqLength, config, { ...options, source }),
    };
  };
  const lengths = ({ store }: Split) => lengthsOf(store.wholeLengths, maxSeqLength, store.length);
  const { summary } = sets;
  const learn = await encode(sets.train, summary.train);
  const dev = await encode(sets.dev, summary.dev);
  const test = sets.test && summary.test && (await encode(sets.test, summary.test));
  const unlabelled = firstExamples(sets.unlabelled, limitBytes);
  const more = await encodeExamples(unlabelled, encoder, maxSeqLength, config, {
    ...options,
    source: unlabelled[0]?.file ?? '',
  });
  return {
    learn: { examples: learn.examples, store: joinedTexts(learn.store, more) },
    dev,
    test,
    summary: {
      ...summary,
      train: { ...summary.train, lengths: lengths(learn) },
      dev: { ...summary.dev, lengths: lengths(dev) },
      test: summary.test && test && { ...summary.test, lengths: lengths(test) },
    },
    part: textBytes([...learn.examples, ...unlabelled]) / textBytes([...sets.train.examples, ...sets.unlabelled]),
    texts: [...learn.examples, ...unlabelled],
  };
}

/** What of a config says where the data is and how it is read. */
function readingOf(config: DataSettings): Parameters<typeof readDataSets>[0] {
  const { train, dev, test, devPart, splitSeed, leaks } = config;
  const { textColumn, secondTextColumn, labelColumn, header, problemType } = config;
  const { labelSeparator, livedoorTitle, livedoorLabels } = config;
  return {
    ...{ train, dev, test, devPart, splitSeed, leaks },
    ...{ textColumn, secondTextColumn, labelColumn, header, problemType },
    ...{ labelSeparator, livedoorTitle, livedoorLabels },
  };
}

/** The first examples, until they have `limitBytes` of text. */
function firstExamples<T extends UnlabelledText>(examples: readonly T[], limitBytes: number): readonly T[] {
  let bytes = 0;
  const end = examples.findIndex((example) => {
    bytes += bytesOf(example);
    return bytes > limitBytes;
  });
  return end < 0 ? examples : examples.slice(0, Math.max(1, end));
}

function textBytes(examples: readonly UnlabelledText[]): number {
  return examples.reduce((sum, example) => sum + bytesOf(example), 0);
}

function bytesOf({ text, second }: UnlabelledText): number {
  return Buffer.byteLength(text) + Buffer.byteLength(second ?? '');
}
