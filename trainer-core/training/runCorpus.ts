/** The corpus of a run: what its config names, built on first use where that is text, and the same one when the run is resumed. */

import { createHash } from 'node:crypto';
import { basename, dirname, join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { openRun } from '../checkpoint/runFolder.js';
import { isCorpusFolder, readManifest } from '../corpus/corpusFolder.js';
import { buildCorpus } from '../corpusBuilder/buildCorpus.js';
import { identityOf } from '../corpusBuilder/buildIdentity.js';
import { findInputs } from '../documents/findInputs.js';
import { TrainerError } from '../protocol/errors.js';
import type { RunCorpus, RunState } from '../protocol/runState.js';
import { type CorpusSource, type CorpusWanted, corpusFolderIn, openTrainingCorpus } from './corpusSource.js';
import { loggedStages } from './loggedStages.js';
import type { RunOptions } from './runStart.js';

/** The folder, beside the runs, of corpora that runs have built. */
const CORPORA = 'corpora';
/** File systems allow 255 bytes, and a character of Japanese takes three. */
const NAME_CHARS = 60;

/**
 * Gives a run its corpus. A resumed run goes on with the one that it built, without a look at the text, as long as that is there;
 * else it is built again, and must come out the same.
 * Throws what building and opening throw, and `corpusChanged` and `runOfOlderVersion`, where they can be told before anything is built.
 */
export function runCorpus(options: RunOptions): CorpusSource {
  return async (wanted) => {
    const finished = corpusFolderIn(wanted);
    const began = options.resume ? await corpusAtStart(wanted, options.out) : null;
    const folder =
      finished ?? (began && keptFolder(began, wanted, options.out)) ?? (await newFolder(wanted, options.out));
    const changed = began && new TrainerError('corpusChanged', { run: options.out, began: began.folder, now: folder });
    if (finished === null && !isCorpusFolder(folder)) {
      if (began && basename(began.folder) !== basename(folder)) throw changed;
      await build(wanted, folder, options);
    }
    const corpus = openTrainingCorpus(folder, wanted);
    if (began && corpus.origin?.sha256 !== began.sha256) {
      corpus.close();
      throw changed;
    }
    return corpus;
  };
}

/** Beside the runs that share them, wherever these have been moved to. */
function besideRun(run: string, name: string): string {
  return join(dirname(resolve(run)), CORPORA, name);
}

/** The folder of the corpus that a run began with, or null when that is gone or was made by other settings. */
function keptFolder(began: RunCorpus, { corpusSettings, maxSeqLength }: CorpusWanted, run: string): string | null {
  const folder = besideRun(run, basename(began.folder));
  if (!isCorpusFolder(folder)) return null;
  const { settings, maxSeqLength: longest } = readManifest(folder);
  return isDeepStrictEqual([settings, longest], [corpusSettings, maxSeqLength]) ? folder : null;
}

/** The folder for a corpus of this text, these settings and this tokenizer: its name tells them apart, but not where the text lies. */
async function newFolder(
  { corpus, corpusSettings, maxSeqLength, tokenizer }: CorpusWanted,
  run: string,
): Promise<string> {
  const { sources, ...decides } = await identityOf(await findInputs(corpus), {
    settings: corpusSettings,
    maxSeqLength,
    tokenizer: { sha256: tokenizer.identity, vocabularySize: tokenizer.vocabulary.size },
  });
  const files = sources.map((source) => ({ ...source, file: basename(source.file) }));
  const hash = createHash('sha256')
    .update(JSON.stringify({ ...decides, files }))
    .digest('hex');
  const name = basename(resolve(corpus[0]!)).replace(/\..*$/, '');
  return besideRun(run, `${name === '' ? 'corpus' : name.slice(0, NAME_CHARS)}-${hash.slice(0, 12)}`);
}

/** The corpus that a run began with; null for one that did not get as far. */
async function corpusAtStart({ corpusSettings }: CorpusWanted, out: string): Promise<RunCorpus | null> {
  const run = await openRun(out);
  const state = (await run.readState()) as RunState | null;
  if (state?.corpus) return state.corpus;
  const { sequences, textDocuments } = corpusSettings;
  // Version 0.1 knew no other sequences than lines, and its configs do not say so.
  if (state === null || (sequences === 'lines' && textDocuments === 'lines')) return null;
  throw new TrainerError('runOfOlderVersion', { file: join(out, 'config.json') });
}

async function build(wanted: CorpusWanted, folder: string, options: RunOptions): Promise<void> {
  const { corpus: inputs, corpusSettings: settings, maxSeqLength, vocabFile } = wanted;
  const { signal, onStage = () => {} } = options;
  const log = await loggedStages(options.out, `the corpus is being built in ${folder}`);
  try {
    const shown: typeof onStage = (stage) => {
      log.onStage(stage);
      onStage(stage);
    };
    const built = await buildCorpus({ inputs, settings, maxSeqLength, vocabFile, out: folder, signal, onStage: shown });
    for (const { kind, file, offsetBytes } of built.manifest.report.faults) {
      log.write(`damage in the input: ${kind}, ${file}, byte ${offsetBytes}`);
    }
    options.onBuilt?.(built);
  } finally {
    await log.end();
  }
}
