/** Brings a model into a folder of one's own, from another folder or from the Hugging Face hub, whole and checked or not at all. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { atomicFolder, withPath, writeChunks } from '../checkpoint/atomicWrite.js';
import { ORIGIN_FILE, readShardIndex, TOKENIZER_FILES, WEIGHT_FILES } from '../checkpoint/modelFolder.js';
import { TrainerError } from '../protocol/errors.js';
import type { ModelWritten, OnStage } from '../protocol/jobs.js';
import { checkTexts, checkWeights } from './checkModel.js';
import type { HubSettings } from './hubSettings.js';
import { HubSource } from './hubSource.js';
import { FolderSource, type ModelSource } from './modelSource.js';

export interface ImportOptions {
  /** A folder, or the hub's id of a model: `name` or `organisation/name`. */
  from: string;
  /** Must be empty or not there. */
  out: string;
  signal: AbortSignal;
  onStage?: OnStage;
  hub: HubSettings;
  /** On the hub: a branch, a tag or a commit; default: `main`. */
  revision?: string | undefined;
}

/** Brings one file; false when there is none of that name. */
type Fetch = (file: string) => Promise<boolean>;

/**
 * Makes the folder `out`. The small files come first, so that a model of the wrong kind is refused before its weights are fetched.
 * Throws `folderNotEmpty`, `modelIdInvalid`, what the source and the checks throw, `diskFull`, `folderNotWritable`, and an AbortError.
 */
export async function importModel(options: ImportOptions): Promise<ModelWritten> {
  const { from, out, hub, revision = 'main', signal, onStage = () => {} } = options;
  const source: FolderSource | HubSource = (await isFolder(from))
    ? new FolderSource(from)
    : new HubSource(from, hub, revision);
  await requireEmpty(out);
  await atomicFolder(out, async (folder) => {
    try {
      await fill(
        folder,
        source.name,
        (file) => source.fetch(file, folder, signal, onStage),
        () => {
          signal.throwIfAborted();
          onStage({ phase: 'loading', done: 0, total: null, unit: 'steps' });
        },
      );
    } catch (error) {
      // What is wrong with the model is told of where it came from; what is wrong with our disk, of where it was to go.
      throw explained(isAboutDisk(error) ? error : withPath(error, folder, source.name), source);
    }
    await fillOrigin(folder, source, signal);
  });
  return { type: 'model', folder: out };
}

function explained(error: unknown, source: ModelSource): unknown {
  return source.explain?.(error) ?? error;
}

/** The hub's id goes along, so that the cards of models made from this one can name it. */
async function fillOrigin(folder: string, source: FolderSource | HubSource, signal: AbortSignal): Promise<void> {
  if (source instanceof FolderSource) await source.fetch(ORIGIN_FILE, folder, signal, () => {});
  else
    await writeChunks(join(folder, ORIGIN_FILE), [Buffer.from(`${JSON.stringify(await source.origin(), null, 2)}\n`)]);
  signal.throwIfAborted();
}

async function fill(folder: string, name: string, fetch: Fetch, beforeLoading: () => void): Promise<void> {
  if (!(await fetch('config.json'))) throw new TrainerError('modelHasNoConfig', { folder: name });
  for (const file of ['vocab.txt', ...TOKENIZER_FILES]) await fetch(file);
  const config = await checkTexts(folder);
  await fetchWeights(folder, name, fetch);
  beforeLoading();
  await checkWeights(folder, config);
}

/** The first form of the weights that is there, with its shards. */
async function fetchWeights(folder: string, name: string, fetch: Fetch): Promise<void> {
  for (const { file, sharded } of WEIGHT_FILES) {
    if (!(await fetch(file))) continue;
    const shards = sharded ? (await readShardIndex(join(folder, file))).keys() : [];
    for (const shard of shards) {
      if (!(await fetch(shard))) throw new TrainerError('fileNotFound', { file: `${name}/${shard}` });
    }
    return;
  }
  throw new TrainerError('modelHasNoWeights', { folder: name });
}

/** Throws `folderNotEmpty` unless the folder is empty or not there. */
export async function requireEmpty(folder: string): Promise<void> {
  const names = await readdir(folder).catch(({ code }: NodeJS.ErrnoException) => (code === 'ENOENT' ? [] : [folder]));
  if (names.length > 0) throw new TrainerError('folderNotEmpty', { folder });
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false;
}

function isAboutDisk(error: unknown): boolean {
  return error instanceof TrainerError && (error.code === 'diskFull' || error.code === 'folderNotWritable');
}
