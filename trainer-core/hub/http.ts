/** One GET request to the Hugging Face hub: follows redirects itself, so that the token stays with the hub and the hub's headers are kept. */

const MAX_REDIRECTS = 5;

/** A request that may succeed when it is tried again. `status` is the server's, or null when the connection failed. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';

  constructor(
    readonly reason: string,
    readonly status: number | null = null,
    options?: { cause?: unknown },
  ) {
    super(reason, options);
  }
}

/** What the hub says of a file in its headers, on its own answer or on the redirect to where a large file lies. */
export interface HubFacts {
  /** The commit that the revision stands for. */
  commit: string | null;
  /** Such as `RepoNotFound`. */
  errorCode: string | null;
  /** Of files in large-file storage. */
  sizeBytes: number | null;
  sha256: string | null;
}

export interface Answer {
  status: number;
  headers: Headers;
  facts: HubFacts;
  /** The body, piece by piece. Throws NetworkError when it breaks off or stalls, or an AbortError. */
  chunks(): AsyncGenerator<Uint8Array>;
  /** Must be called when the answer is no longer needed. */
  close(): void;
}

export interface GetOptions {
  headers?: Readonly<Record<string, string>>;
  /** Sent to the origin of `url` only. */
  token: string | undefined;
  signal: AbortSignal;
  /** A connection that is silent for so long is given up. */
  stallMs: number;
}

/** Asks for `url`. Throws NetworkError when there is no answer, or an AbortError. */
export async function httpGet(url: string, options: GetOptions): Promise<Answer> {
  const { headers = {}, token, signal, stallMs } = options;
  const stalled = new AbortController();
  const timer = setTimeout(() => stalled.abort(), stallMs);
  const either = AbortSignal.any([signal, stalled.signal]);
  const close = () => {
    clearTimeout(timer);
    stalled.abort();
  };
  /** What the network failed with, put plainly. */
  const problem = (error: unknown): unknown => {
    const reason = stalled.signal.aborted ? `no answer for ${Math.round(stallMs / 1000)} s` : reasonOf(error);
    close();
    return signal.aborted ? signal.reason : new NetworkError(reason, null, { cause: error });
  };

  const facts: HubFacts = { commit: null, errorCode: null, sizeBytes: null, sha256: null };
  const origin = new URL(url).origin;
  let at = new URL(url);
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const credentials = token !== undefined && at.origin === origin ? { Authorization: `Bearer ${token}` } : {};
    const request = {
      // Packed bodies would come unpacked, and no length or range would fit any more.
      headers: { 'Accept-Encoding': 'identity', ...credentials, ...headers },
      redirect: 'manual' as const,
      signal: either,
    };
    const response = await fetch(at, request).catch((error: unknown) => {
      throw problem(error);
    });
    timer.refresh();
    learn(facts, response.headers);
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || location === null) {
      async function* chunks(): AsyncGenerator<Uint8Array> {
        try {
          for await (const chunk of response.body ?? []) {
            timer.refresh();
            yield chunk;
          }
        } catch (error) {
          throw problem(error);
        }
      }
      return { status: response.status, headers: response.headers, facts, chunks, close };
    }
    await response.body?.cancel();
    at = new URL(location, at);
  }
  close();
  throw new NetworkError('too many redirects');
}

function learn(facts: HubFacts, headers: Headers): void {
  facts.commit ??= headers.get('x-repo-commit');
  facts.errorCode ??= headers.get('x-error-code');
  facts.sizeBytes ??= wholeNumber(headers.get('x-linked-size'));
  facts.sha256 ??= /^"?([0-9a-f]{64})"?$/.exec(headers.get('x-linked-etag') ?? '')?.[1] ?? null;
}

/** A header's value as a whole number, or null. */
export function wholeNumber(text: string | null | undefined): number | null {
  return text && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** fetch says only that it failed; why is in the cause, or in the first of its causes. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const first = cause instanceof AggregateError ? cause.errors[0] : cause;
  if (!(first instanceof Error)) return String(first);
  return 'code' in first && typeof first.code === 'string' ? first.code : first.message;
}
