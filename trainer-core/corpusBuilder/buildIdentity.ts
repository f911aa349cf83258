/** What decides a corpus: settings, tokenizer, the files of the input. Two builds of one identity give the same bytes. */
import { stat } from 'node:fs/promises';
import { isAbsolute, normalize, resolve, sep } from 'node:path';
import * as z from 'zod';
import { readError } from '../checkpoint/inputFile.js';
import type { InputFile } from '../documents/inputs.js';
import { type CorpusManifest, corpusManifest } from '../protocol/corpusManifest.js';
import { corpusSettings } from '../protocol/corpusSettings.js';
import type { BuildDifference } from '../protocol/errors.js';

/**
 * The version of the code from input to sequences. Add 1 with every change that gives any input other sequences: unfinished
 * builds of another version are then refused instead of being gone on with.
 */
const ALGORITHM = 1;

export const buildIdentity = z.strictObject({
  algorithm: z.int(),
  settings: corpusSettings,
  maxSeqLength: z.int(),
  tokenizer: corpusManifest.shape.tokenizer,
  /** Absolute paths. A file that was written to is another one. */
  sources: z.array(z.strictObject({ file: z.string(), sizeBytes: z.int(), modifiedMs: z.number() })),
});
export type BuildIdentity = z.output<typeof buildIdentity>;

/** The identity of a build that is asked for. Throws `fileNotFound`, `fileUnreadable`. */
export async function identityOf(
  files: readonly InputFile[],
  asked: Pick<BuildIdentity, 'settings' | 'maxSeqLength' | 'tokenizer'>,
): Promise<BuildIdentity> {
  const sources: BuildIdentity['sources'] = [];
  for (const { file } of files) {
    try {
      const { size, mtimeMs } = await stat(file);
      sources.push({ file: resolve(file), sizeBytes: size, modifiedMs: mtimeMs });
    } catch (error) {
      throw readError(error, file);
    }
  }
  return { algorithm: ALGORITHM, ...asked, sources };
}

/** In what an unfinished build differs from the one asked for; nothing when it can be gone on with. */
export function differences(there: BuildIdentity, asked: BuildIdentity): BuildDifference[] {
  return [
    ...differing('algorithm', there.algorithm, asked.algorithm),
    ...differentSettings(there, asked),
    ...differentSources(
      there.sources.map((source) => ({ file: source.file, state: stateOf(source) })),
      asked.sources.map((source) => ({ file: source.file, state: stateOf(source) })),
    ),
  ];
}

/**
 * In what a finished corpus differs from the one asked for. It knows no times of its sources: one that was written to after
 * `builtMs`, the time of its manifest, is another one, as for `make`.
 */
export function differencesOfFinished(there: CorpusManifest, builtMs: number, asked: BuildIdentity): BuildDifference[] {
  const before = there.report.sources.map(({ file, sizeBytes }) => ({ file, state: `${sizeBytes} bytes` }));
  const now = asked.sources.map(({ file, sizeBytes, modifiedMs }, i) => ({
    // A corpus names its sources as they were named to it, which may be from another working folder.
    file: before[i] && isSameFile(before[i].file, file) ? before[i].file : file,
    state: modifiedMs > builtMs ? stateOf({ sizeBytes, modifiedMs }) : `${sizeBytes} bytes`,
  }));
  return [...differentSettings(there, asked), ...differentSources(before, now)];
}

type Decisive = Pick<BuildIdentity, 'settings' | 'maxSeqLength' | 'tokenizer'>;

function differentSettings(there: Decisive, asked: Decisive): BuildDifference[] {
  const keys = Object.keys(asked.settings) as (keyof BuildIdentity['settings'])[];
  return [
    ...differing('tokenizer', there.tokenizer.sha256, asked.tokenizer.sha256),
    ...differing('maxSeqLength', there.maxSeqLength, asked.maxSeqLength),
    ...keys.flatMap((key) => differing(key, there.settings[key], asked.settings[key])),
  ];
}

function differing(key: string, there: unknown, asked: unknown): BuildDifference[] {
  return there === asked ? [] : [{ key, there: String(there), asked: String(asked) }];
}

/** Files that only one has (null for the other), that are not the same, or that come in another order. */
function differentSources(there: readonly SourceState[], asked: readonly SourceState[]): BuildDifference[] {
  const statesThere = new Map(there.map(({ file, state }) => [file, state]));
  const statesAsked = new Map(asked.map(({ file, state }) => [file, state]));
  const found = [...new Map([...statesThere, ...statesAsked]).keys()]
    .map((file) => ({ key: file, there: statesThere.get(file) ?? null, asked: statesAsked.get(file) ?? null }))
    .filter((each) => each.there !== each.asked);
  if (found.length > 0) return found;
  const order = (files: readonly SourceState[]) => files.map(({ file }) => file).join(', ');
  return differing('inputs', order(there), order(asked));
}

/** A source, and what is known of it. */
interface SourceState {
  file: string;
  state: string;
}

function stateOf({ sizeBytes, modifiedMs }: { sizeBytes: number; modifiedMs: number }): string {
  return `${sizeBytes} bytes, ${new Date(modifiedMs).toISOString()}`;
}

/** Whether a path and an absolute one may be the same file: a relative path is the end of it. */
function isSameFile(path: string, absolute: string): boolean {
  if (isAbsolute(path)) return resolve(path) === absolute;
  const ending = normalize(path)
    .split(sep)
    .filter((part) => part !== '..' && part !== '.');
  return absolute.endsWith(sep + ending.join(sep));
}
