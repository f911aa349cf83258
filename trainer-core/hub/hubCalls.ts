/** Calls of the official client (@huggingface/hub), with its errors made ours. */
import { setTimeout as delay } from 'node:timers/promises';
import { HubApiError, type ListFileEntry, listFiles, modelInfo } from '@huggingface/hub';
import { TrainerError } from '../protocol/errors.js';
import { isContentHash } from './contentHash.js';
import { type Expected, RETRY_MS, SILENCE_MS } from './download.js';
import { NetworkError } from './hubFetch.js';
import type { HubSettings } from './hubSettings.js';
import { silenceLimit } from './silence.js';

/** What a revision of a model holds. */
export interface ModelListing {
  commit: string;
  /** The files of its top folder, by name. */
  files: ReadonlyMap<string, Expected>;
}

/**
 * Asks which commit a revision stands for, and what is in it.
 * Throws `hubModelNotFound`, `hubAccessDenied`, `hubUnreachable`, `hubFailed`, `hubAnswerInvalid`, and an AbortError.
 */
export async function listModel(
  hub: HubSettings,
  id: string,
  revision: string,
  signal: AbortSignal,
): Promise<ModelListing> {
  const call = <T>(work: (params: { hubUrl: string; fetch: typeof fetch }) => Promise<T>) =>
    retried(hub, signal, work).catch((error: unknown) => {
      throw readError(error, hub, id, revision);
    });
  const { sha } = await call((params) => modelInfo({ ...params, name: id, revision, additionalFields: ['sha'] }));
  if (typeof sha !== 'string' || !isContentHash(sha)) throw new TrainerError('hubAnswerInvalid', { host: hub.host });
  const entries = await call(async (params) => {
    const all: ListFileEntry[] = [];
    const pages = listFiles({ ...params, repo: { type: 'model', name: id }, revision: sha });
    for await (const entry of pages) all.push(entry);
    return all;
  });
  const files = new Map<string, Expected>();
  for (const { type, path, size, oid, lfs } of entries) {
    if (type !== 'file') continue;
    const expected = { sizeBytes: lfs?.size ?? size, hash: lfs?.oid ?? oid ?? '' };
    if (!isContentHash(expected.hash) || !Number.isSafeInteger(expected.sizeBytes))
      throw new TrainerError('hubAnswerInvalid', { host: hub.host });
    files.set(path, expected);
  }
  return { commit: sha, files };
}

/** Does a call that only reads, again where it may succeed the next time. */
async function retried<T>(
  { endpoint, fetch, retryMs = RETRY_MS }: HubSettings,
  signal: AbortSignal,
  work: (params: { hubUrl: string; fetch: typeof fetch }) => Promise<T>,
): Promise<T> {
  for (let failures = 0; ; failures++) {
    const limit = silenceLimit(signal, SILENCE_MS);
    try {
      const heard: typeof fetch = (input, init) => fetch(input, { ...init, signal: limit.signal });
      return await work({ hubUrl: endpoint, fetch: heard });
    } catch (error) {
      const reason = limit.signal.aborted ? limit.signal.reason : error;
      const wait = retryMs[failures];
      if (signal.aborted || wait === undefined || !mayPass(reason)) throw reason;
      await delay(wait, undefined, { signal });
    } finally {
      limit.end();
    }
  }
}

function mayPass(error: unknown): boolean {
  if (error instanceof NetworkError) return true;
  return error instanceof HubApiError && (error.statusCode === 429 || error.statusCode >= 500);
}

function readError(error: unknown, hub: HubSettings, id: string, revision: string): unknown {
  if (error instanceof HubApiError) {
    const { statusCode } = error;
    const about = { id, host: hub.host };
    if (statusCode === 401 || statusCode === 403)
      return new TrainerError('hubAccessDenied', { ...about, withToken: hub.token !== undefined }, { cause: error });
    if (statusCode === 404) return new TrainerError('hubModelNotFound', { ...about, revision }, { cause: error });
  }
  return callError(error, hub);
}

/** What a failed call means to a person, whatever it was about. */
export function callError(error: unknown, { host }: HubSettings): unknown {
  if (error instanceof TrainerError || (error instanceof Error && error.name === 'AbortError')) return error;
  if (error instanceof NetworkError)
    return new TrainerError('hubUnreachable', { host: error.host ?? host, reason: error.reason }, { cause: error });
  if (error instanceof HubApiError) {
    // What comes after the question mark may give access to whoever reads it.
    const url = error.url.replace(/\?.*/, '');
    return new TrainerError('hubFailed', { url, status: error.statusCode }, { cause: error });
  }
  // The client does not check what it is told: anything else is its stumbling over an answer that is none of a hub's.
  return new TrainerError('hubAnswerInvalid', { host }, { cause: error });
}
