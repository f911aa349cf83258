/** The page's side of its channel to the extension. */

import {
  type CorpusPageMessage,
  type CorpusViewMessage,
  corpusPageMessage,
} from '../../trainer-core/protocol/corpusMessages.js';
import { vscodeApi } from '../vscodeApi.js';
import { type CorpusViewState, parseViewState } from './corpusViewState.js';

/** Sends one message to the extension. */
export function sendToExtension(message: CorpusViewMessage): void {
  vscodeApi.postMessage(message);
}

/** Calls `listener` with each well-formed message of the extension. */
export function listenToExtension(listener: (message: CorpusPageMessage) => void): void {
  window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    const message = corpusPageMessage.safeParse(data);
    if (message.success) listener(message.data);
  });
}

/** What was kept before the page was hidden or loaded again. */
export function keptViewState(): CorpusViewState {
  return parseViewState(vscodeApi.getState());
}

/** Keeps it. */
export function keepViewState(state: CorpusViewState): void {
  vscodeApi.setState(state);
}
