/** A model on the Hugging Face hub: its files come into the cache that Hugging Face's programs share, and from there into a folder. */
import { hasCode, TrainerError } from '../protocol/errors.js';
import type { OnStage } from '../protocol/jobs.js';
import { hasContent } from './contentHash.js';
import { download } from './download.js';
import { HubCache } from './hubCache.js';
import { listModel, type ModelListing } from './hubCalls.js';
import { requireHubId } from './hubId.js';
import type { HubSettings } from './hubSettings.js';
import { copyInto, type ModelSource } from './modelSource.js';

/** A model by its id. */
export class HubSource implements ModelSource {
  readonly #hub: HubSettings;
  readonly #revision: string;
  readonly #cache: HubCache;
  /** Asked for once, so that all files are of one commit. */
  #listing: Promise<ModelListing> | null = null;
  /** Without the network: the commit that the cache has. */
  #cachedCommit: Promise<string> | null = null;

  /** `revision`: a branch, a tag or a commit. Throws `modelIdInvalid`. */
  constructor(
    readonly name: string,
    hub: HubSettings,
    revision: string,
  ) {
    requireHubId(name);
    this.#hub = hub;
    this.#revision = revision;
    this.#cache = new HubCache(hub.cacheFolder, name);
  }

  /** Throws what `listModel` and `download` throw; without the network `hubNotCached` and `hubCacheDamaged`. */
  async fetch(file: string, folder: string, signal: AbortSignal, onStage: OnStage): Promise<boolean> {
    const path = this.#hub.offline
      ? await this.#fromCache(file, signal, onStage)
      : await this.#intoCache(file, signal, onStage);
    if (path === null) return false;
    await copyInto(folder, file, path, signal, onStage);
    return true;
  }

  /** The model by the commit that its files are of; known once a file has come. */
  async origin(): Promise<{ id: string; commit: string }> {
    return { id: this.name, commit: (await this.#listing)?.commit ?? (await this.#commitInCache()) };
  }

  /** Without the network nobody knows whether the model has no such file or the cache lacks it. */
  explain(error: unknown): unknown {
    const isMissing = (['modelHasNoConfig', 'modelHasNoVocabulary', 'modelHasNoWeights', 'fileNotFound'] as const).some(
      (code) => hasCode(error, code),
    );
    return this.#hub.offline && isMissing ? this.#notCached(error) : error;
  }

  #notCached(cause?: unknown): TrainerError {
    const { cacheFolder } = this.#hub;
    return new TrainerError('hubNotCached', { id: this.name, revision: this.#revision, cacheFolder }, { cause });
  }

  #commitInCache(): Promise<string> {
    this.#cachedCommit ??= (async () => {
      if (/^[0-9a-f]{40}$/.test(this.#revision)) return this.#revision;
      const commit = await this.#cache.commitOf(this.#revision);
      if (commit === null) throw this.#notCached();
      return commit;
    })();
    return this.#cachedCommit;
  }

  async #fromCache(file: string, signal: AbortSignal, onStage: OnStage): Promise<string | null> {
    const found = await this.#cache.find(await this.#commitInCache(), file);
    if (found === null) return null;
    if (found.hash !== null && !(await verified(found.path, found.hash, file, signal, onStage)))
      throw new TrainerError('hubCacheDamaged', { file: this.#cache.blob(found.hash) });
    return found.path;
  }

  async #intoCache(file: string, signal: AbortSignal, onStage: OnStage): Promise<string | null> {
    this.#listing ??= listModel(this.#hub, this.name, this.#revision, signal);
    const { commit, files } = await this.#listing;
    const expected = files.get(file);
    if (expected === undefined) return null;
    await this.#cache.keepCommit(this.#revision, commit);
    const { hash, sizeBytes } = expected;
    const found = await this.#cache.find(commit, file);
    if (found && (await verified(found.path, hash, file, signal, onStage))) return found.path;
    const blob = this.#cache.blob(hash);
    if (found?.hash === hash || !(await verified(blob, hash, file, signal, onStage))) {
      const claimed = await this.#cache.claim(hash);
      try {
        const { endpoint, fetch, retryMs } = this.#hub;
        const came = await download(
          `${endpoint}/${this.name}/resolve/${commit}/${encodeURIComponent(file)}`,
          claimed,
          expected,
          {
            fetch,
            signal,
            onBytes: (done) => onStage({ phase: 'downloading', done, total: sizeBytes, unit: 'bytes', file }),
            ...(retryMs ? { retryMs } : {}),
          },
        );
        if (!came) throw this.#denied();
        await this.#cache.keep(claimed, hash);
      } finally {
        this.#cache.release(claimed);
      }
    }
    return await this.#cache.point(commit, file, hash);
  }

  #denied(): TrainerError {
    const { host, token } = this.#hub;
    return new TrainerError('hubAccessDenied', { id: this.name, host, withToken: token !== undefined });
  }
}

/** True when the file has these contents. */
function verified(path: string, hash: string, file: string, signal: AbortSignal, onStage: OnStage): Promise<boolean> {
  return hasContent(path, hash, signal, (done, total) =>
    onStage({ phase: 'verifying', done, total, unit: 'bytes', file }),
  );
}
