/** Where a pre-training or distillation gets its corpus: a folder that was built before, text to build one from, or a first part. */

import type { Corpus } from '../corpus/corpus.js';
import { checkCorpusTokenizer, isCorpusFolder, openCorpus, type StoredCorpus } from '../corpus/corpusFolder.js';
import { sampleCorpus } from '../corpusBuilder/sampleCorpus.js';
import type { CorpusSettings } from '../protocol/corpusSettings.js';
import { TrainerError } from '../protocol/errors.js';
import type { RunCorpus } from '../protocol/runState.js';
import type { JapaneseTokenizer } from '../tokenizer/tokenizer.js';

/** What a config says of its corpus, and the tokenizer that the ids must be of. */
export interface CorpusWanted {
  corpus: readonly string[];
  corpusSettings: CorpusSettings;
  maxSeqLength: number;
  tokenizer: JapaneseTokenizer;
  vocabFile: string;
  /** The config's file, for errors. */
  place: string;
}

/** A corpus to train on. */
export interface TrainingCorpus extends Corpus {
  /** Part of the text that is in it: 1, or less where there was a limit. */
  part: number;
  /** What a resumed run must find again; null where nothing is on the disk. */
  origin: RunCorpus | null;
  close(): void;
}

/** Gets the corpus that is wanted. */
export type CorpusSource = (wanted: CorpusWanted) => Promise<TrainingCorpus>;

/**
 * The corpus folder that a config names, or null where it names text to build one from.
 * Throws `configImpossible` for a corpus folder among others.
 */
export function corpusFolderIn({ corpus, place }: CorpusWanted): string | null {
  const [first] = corpus.filter(isCorpusFolder);
  if (first === undefined) return null;
  if (corpus.length === 1) return first;
  throw new TrainerError('configImpossible', {
    file: place,
    line: null,
    keys: ['corpus'],
    reason: 'corpus-among-texts',
  });
}

/**
 * Opens a finished corpus for a run.
 * Throws what `openCorpus` throws, `corpusTokenizerDiffers`, `corpusLongerThanLimit`, `corpusTooSmall`.
 */
export function openTrainingCorpus(folder: string, wanted: CorpusWanted): TrainingCorpus {
  const opened = openCorpus(folder);
  try {
    checkFits(opened, wanted);
  } catch (error) {
    opened.store.close();
    throw error;
  }
  const { store, tokenCounts, sha256 } = opened;
  return { store, tokenCounts, part: 1, origin: { folder, sha256 }, close: () => store.close() };
}

function checkFits(opened: StoredCorpus, { tokenizer, vocabFile, maxSeqLength }: CorpusWanted): void {
  const { folder, manifest } = opened;
  checkCorpusTokenizer(opened, tokenizer.identity, vocabFile);
  const { longest } = manifest.report.lengths;
  if (longest > maxSeqLength) throw new TrainerError('corpusLongerThanLimit', { folder, longest, maxSeqLength });
  if (manifest.sequences === 0) throw new TrainerError('corpusTooSmall', { file: folder, sequences: 0 });
}

/** About the first `limitBytes` of the text, in memory; a corpus that is built already is opened whole. Writes nothing. */
export function firstPart(limitBytes: number, signal: AbortSignal): CorpusSource {
  return async (wanted) => {
    const folder = corpusFolderIn(wanted);
    if (folder !== null) return openTrainingCorpus(folder, wanted);
    const { corpus: inputs, corpusSettings: settings, maxSeqLength, tokenizer } = wanted;
    const sample = await sampleCorpus({ inputs, settings, maxSeqLength, tokenizer, limitBytes, signal });
    return { ...sample, origin: null, close: () => {} };
  };
}
