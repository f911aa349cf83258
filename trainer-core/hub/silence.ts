/** Gives up what the network no longer answers. */
import { NetworkError } from './hubFetch.js';

export interface SilenceLimit {
  /** Aborted with the caller's reason, or with NetworkError after the silence. */
  signal: AbortSignal;
  /** To be called whenever there is a sign of life. */
  heard(): void;
  end(): void;
}

/** Watches over one request that may also be stopped by `signal`. */
export function silenceLimit(signal: AbortSignal, silenceMs: number): SilenceLimit {
  const silent = new AbortController();
  const give = () => silent.abort(new NetworkError(`no answer for ${Math.round(silenceMs / 1000)} s`));
  const timer = setTimeout(give, silenceMs);
  return {
    signal: AbortSignal.any([signal, silent.signal]),
    heard: () => void timer.refresh(),
    end: () => clearTimeout(timer),
  };
}
