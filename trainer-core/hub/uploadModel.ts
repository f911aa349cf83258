/** Uploads a model to the Hugging Face hub by the official client: makes the repository where there is none, then one commit with all files. */
import { type CommitProgressEvent, commitIter, createRepo, HubApiError, modelInfo, whoAmI } from '@huggingface/hub';
import { TrainerError } from '../protocol/errors.js';
import type { ModelUploaded, OnStage, UploadPlan } from '../protocol/jobs.js';
import { CountedBlob } from './countedBlob.js';
import { callError } from './hubCalls.js';
import { isHubId } from './hubId.js';
import type { HubSettings } from './hubSettings.js';
import { silenceLimit } from './silence.js';
import { type UploadFile, uploadFiles } from './uploadFiles.js';

export interface UploadOptions {
  model: string;
  /** `organisation/name`, or `name` for the token's owner. */
  to: string;
  /** For a repository that is to be made; one that is there stays as it is, and must not be public when this is true. */
  isPrivate: boolean;
  /** For the model card; default: what the card in the folder or the model's run says. */
  license?: string | undefined;
  signal: AbortSignal;
  onStage?: OnStage;
  hub: HubSettings;
}

/** The hub may take its time to put a large file in its place. */
const SILENCE_MS = 300_000;

/** The client wants a token, but `fetch` puts it in, which knows who may have it. */
const BY_FETCH = { accessToken: '' };

type ProgressHint = { progressHint?: { path?: string } };

/**
 * Says what an upload would do, having checked the model and asked the hub about token and repository.
 * Throws `repositoryIdInvalid`, `hubTokenMissing`, `hubTokenRefused`, `hubTokenReadOnly`, `hubModelPublic`, `hubOffline`, what
 * `uploadFiles` throws, `hubUnreachable`, `hubFailed`, `hubAnswerInvalid`, and an AbortError.
 */
export async function planUpload(options: UploadOptions): Promise<UploadPlan> {
  return await withHub(options, async (calls) => (await prepare(options, calls)).plan);
}

/** Uploads. The hub shows nothing of it before the end. Throws what `planUpload` throws, and `hubWriteDenied`. */
export async function uploadModel(options: UploadOptions, onPlan = (_: UploadPlan) => {}): Promise<ModelUploaded> {
  return await withHub(options, async (calls) => {
    const { plan, files } = await prepare(options, calls);
    onPlan(plan);
    const repo = { type: 'model' as const, name: plan.repository };
    try {
      if (!plan.exists)
        await createRepo({ ...calls, ...BY_FETCH, repo, visibility: options.isPrivate ? 'private' : 'public' });
      const commit = await committed(commitIter({ ...calls, ...commitOf(plan, files), repo }), files, calls);
      return { type: 'uploaded', repository: plan.repository, url: plan.url, commit };
    } catch (error) {
      // Of the hub, that is: the store of large files is another one, and has said yes when it refuses.
      const isHub = error instanceof HubApiError && error.url.startsWith(calls.hubUrl);
      if (isHub && [401, 403, 404, 409].includes(error.statusCode)) {
        throw new TrainerError('hubWriteDenied', { id: plan.repository, host: options.hub.host }, { cause: error });
      }
      throw error;
    }
  });
}

/** What every call to the client gets. */
interface Calls {
  hubUrl: string;
  fetch: typeof fetch;
  abortSignal: AbortSignal;
  onStage: OnStage;
  /** Told of bytes on their way, by the file's path. */
  sent: Map<string, number>;
  onSent: () => void;
}

async function withHub<T>({ hub, signal, onStage = () => {} }: UploadOptions, work: (calls: Calls) => Promise<T>) {
  if (hub.offline) throw new TrainerError('hubOffline', { host: hub.host });
  if (hub.token === undefined) throw new TrainerError('hubTokenMissing', { host: hub.host });
  const limit = silenceLimit(signal, SILENCE_MS);
  const calls: Calls = {
    hubUrl: hub.endpoint,
    abortSignal: limit.signal,
    onStage,
    sent: new Map(),
    onSent: () => {},
    fetch: async (input, init = {}) => {
      const path = (init as ProgressHint).progressHint?.path;
      const { body } = init;
      const counted =
        body instanceof Blob && path !== undefined
          ? new CountedBlob(body, (bytes) => {
              limit.heard();
              calls.sent.set(path, (calls.sent.get(path) ?? 0) + bytes);
              calls.onSent();
            })
          : body;
      limit.heard();
      const response = await hub.fetch(input, { ...init, ...(counted ? { body: counted } : {}), signal: limit.signal });
      limit.heard();
      return response;
    },
  };
  try {
    return await work(calls);
  } catch (error) {
    // The client's own AbortError does not say why.
    throw callError(limit.signal.aborted ? limit.signal.reason : error, hub);
  } finally {
    limit.end();
  }
}

async function prepare(
  { model, to, isPrivate, license, hub }: UploadOptions,
  { onStage, abortSignal, ...calls }: Calls,
): Promise<{ plan: UploadPlan; files: UploadFile[] }> {
  if (!isHubId(to)) throw new TrainerError('repositoryIdInvalid', { id: to });
  onStage({ phase: 'loading', done: 0, total: null, unit: 'steps' });
  const name = to.split('/').at(-1) ?? to;
  const { files, license: said } = await uploadFiles(model, { name, license });
  abortSignal.throwIfAborted();
  const { host } = hub;
  const who = await whoAmI({ ...calls, ...BY_FETCH }).catch((error: unknown) => {
    const isRefused = error instanceof HubApiError && (error.statusCode === 401 || error.statusCode === 403);
    throw isRefused ? new TrainerError('hubTokenRefused', { host }, { cause: error }) : error;
  });
  if (who.auth.accessToken?.role === 'read') throw new TrainerError('hubTokenReadOnly', { host });
  const repository = to.includes('/') ? to : `${who.name}/${to}`;
  const there = await modelInfo({ ...calls, name: repository }).catch((error: unknown) => {
    // One that this token may not see looks like one that is not there: making it then fails.
    if (error instanceof HubApiError && [401, 403, 404].includes(error.statusCode)) return null;
    throw error;
  });
  if (isPrivate && there?.private === false) throw new TrainerError('hubModelPublic', { id: repository, host });
  const plan: UploadPlan = {
    type: 'uploadPlan',
    repository,
    url: `${hub.endpoint}/${repository}`,
    exists: there !== null,
    private: there?.private ?? isPrivate,
    license: said,
    files: files.map(({ path, sizeBytes }) => ({ path, sizeBytes })),
  };
  return { plan, files };
}

function commitOf({ repository }: UploadPlan, files: readonly UploadFile[]) {
  return {
    title: `Upload ${repository.split('/').at(-1)} with DistilBERT Studio`,
    operations: files.map(({ path, content }) => ({ operation: 'addOrUpdate' as const, path, content })),
    // Plain HTTP into large-file storage: its progress can be counted, and it needs no other hosts' protocol.
    useXet: false,
  };
}

/** Follows a commit to its end, and gives its id. */
async function committed(
  events: AsyncGenerator<CommitProgressEvent, { commit: { oid: string } } | undefined>,
  files: readonly UploadFile[],
  calls: Calls,
): Promise<string> {
  const { onStage, sent } = calls;
  const sizes = new Map(files.map(({ path, sizeBytes }) => [path, sizeBytes]));
  const sizeOf = (path: string) => sizes.get(path) ?? 0;
  /** Those that go into large-file storage; their sum is the total, as the rest is some kilobytes. */
  const large = new Set<string>();
  const sum = (paths: Iterable<string>, bytes: (path: string) => number) =>
    [...paths].reduce((total, path) => total + bytes(path), 0);
  calls.onSent = () => {
    const done = sum(large, (path) => Math.min(sent.get(path) ?? 0, sizeOf(path)));
    onStage({ phase: 'uploading', done, total: sum(large, sizeOf), unit: 'bytes' });
  };
  for (;;) {
    const next = await events.next();
    if (next.done) {
      if (next.value === undefined) throw new Error('a commit without an id');
      return next.value.commit.oid;
    }
    const event = next.value;
    if (event.event !== 'fileProgress') continue;
    const { path, progress, state } = event;
    const total = sizeOf(path);
    if (state === 'hashing') {
      large.add(path);
      onStage({ phase: 'reading', done: Math.round(progress * total), total, unit: 'bytes', file: path });
    } else if (state === 'uploading' && progress === 1 && large.has(path)) {
      // Also when the hub has had it already.
      sent.set(path, total);
      calls.onSent();
    }
  }
}
