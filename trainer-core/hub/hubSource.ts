/** A model on the Hugging Face hub: its files by their addresses (huggingface.co/docs/hub/models-downloading). */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TrainerError } from '../protocol/errors.js';
import type { OnStage } from '../protocol/jobs.js';
import { download } from './download.js';
import type { ModelSource } from './modelSource.js';

export interface HubOptions {
  /** Such as `https://huggingface.co`. */
  endpoint: string;
  /** A branch, a tag or a commit. */
  revision: string;
  token: string | undefined;
  /** As in `DownloadOptions`. */
  retryMs?: readonly number[];
}

/** The hub's own rule for names, and nothing that an address or a file system takes for something else. */
const NAME = '[A-Za-z0-9_][\\w.-]{0,95}';
const ID = new RegExp(`^${NAME}(?:/${NAME})?$`);

/** A model by its id. */
export class HubSource implements ModelSource {
  readonly #options: HubOptions;
  readonly #base: string;
  readonly #host: string;
  /** What the revision stood for when the first file came: the others are taken from the same commit. */
  #commit: string | null = null;
  #found = false;

  /** Throws `modelIdInvalid`, and `hubUnreachable` for an endpoint that is no address. */
  constructor(
    readonly name: string,
    options: HubOptions,
  ) {
    if (!ID.test(name) || name.includes('..') || name.includes('--'))
      throw new TrainerError('modelIdInvalid', { id: name });
    const { endpoint } = options;
    if (!URL.canParse(endpoint)) throw new TrainerError('hubUnreachable', { host: endpoint, reason: 'HF_ENDPOINT' });
    this.#options = options;
    this.#host = new URL(endpoint).host;
    this.#base = `${endpoint.replace(/\/+$/, '')}/${name}/resolve`;
  }

  /** Throws `hubModelNotFound`, `hubAccessDenied`, and what `download` throws. */
  async fetch(file: string, folder: string, signal: AbortSignal, onStage: OnStage): Promise<boolean> {
    const { revision, token, retryMs } = this.#options;
    const target = join(folder, file);
    const url = `${this.#base}/${encodeURIComponent(this.#commit ?? revision)}/${encodeURIComponent(file)}`;
    const { status, facts } = await download(url, target, {
      token,
      signal,
      onBytes: (done, total) => onStage({ phase: 'downloading', done, total, unit: 'bytes', file }),
      ...(retryMs ? { retryMs } : {}),
    });
    if (status === 200) {
      if (facts.commit && /^[0-9a-f]{40}$/.test(facts.commit)) this.#commit ??= facts.commit;
      this.#found = true;
      return true;
    }
    await rm(target, { force: true });
    const about = { id: this.name, host: this.#host };
    if (status !== 404) throw new TrainerError('hubAccessDenied', { ...about, withToken: token !== undefined });
    // A hub that does not say what is missing: when not even the first file is there, it is the model.
    if (facts.errorCode === 'EntryNotFound' || (this.#found && facts.errorCode === null)) return false;
    throw new TrainerError('hubModelNotFound', { ...about, revision });
  }
}
