/** The fetch that everything of the hub goes through, the official client's calls too: proxies, redirects, and the token for the hub alone. */
import { fetchThrough } from './proxiedFetch.js';
import { type Environment, proxyOf } from './proxy.js';

const MAX_REDIRECTS = 5;

/** A request that may succeed when it is tried again. `status` is the server's, or null when the connection failed. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';

  constructor(
    readonly reason: string,
    readonly status: number | null = null,
    /** Whom it was about, where that is not the hub. */
    readonly host: string | null = null,
    options?: { cause?: unknown },
  ) {
    super(reason, options);
  }
}

export interface FetchOptions {
  /** The hub's address: only what has its origin gets the token. */
  endpoint: string;
  token: string | undefined;
  /** Where the proxies stand. */
  env: Environment;
}

/**
 * Such a fetch. Other hosts get no token, whatever the caller put into `Authorization`. With `redirect: 'manual'` redirects are given
 * back. Rejects with NetworkError where there is no answer, `proxyUnsupported`, and what the signal was aborted with.
 */
export function hubFetch({ endpoint, token, env }: FetchOptions): typeof fetch {
  const { origin } = new URL(endpoint);
  const once = async (url: URL, init: RequestInit): Promise<Response> => {
    const headers = new Headers(init.headers);
    headers.delete('authorization');
    if (token !== undefined && url.origin === origin) headers.set('authorization', `Bearer ${token}`);
    const proxy = proxyOf(url, env);
    try {
      const plain = { ...init, headers, redirect: 'manual' as const };
      return await (proxy ? fetchThrough(proxy, url, plain) : fetch(url, plain));
    } catch (error) {
      if (init.signal?.aborted) throw init.signal.reason;
      throw new NetworkError(reasonOf(error), null, url.host, { cause: error });
    }
  };
  return async (input, init = {}) => {
    let url = new URL(input instanceof Request ? input.url : input);
    for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
      const response = await once(url, init);
      const next = init.redirect === 'manual' ? null : redirectOf(response, url, init.method ?? 'GET');
      if (next === null) return response;
      await response.body?.cancel();
      url = next;
    }
    throw new NetworkError('too many redirects', null, url.host);
  };
}

/** Where a redirect leads; null for other answers, and where what was to be done would have to change on the way. */
export function redirectOf({ status, headers }: Response, url: URL, method = 'GET'): URL | null {
  const location = headers.get('location');
  const follows = status === 307 || status === 308 || ([301, 302, 303].includes(status) && method === 'GET');
  return follows && location !== null && URL.canParse(location, url.href) ? new URL(location, url) : null;
}

/** fetch says only that it failed; why is in the cause, or in the first of its causes. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const first = cause instanceof AggregateError ? cause.errors[0] : cause;
  if (!(first instanceof Error)) return String(first);
  return 'code' in first && typeof first.code === 'string' ? first.code : first.message;
}
