/** The dashboard's side of its channel to the extension. */

import {
  type DashboardMessage,
  type ExtensionMessage,
  extensionMessage,
} from '../trainer-core/protocol/dashboardMessages.js';
import { type DashboardState, parseState } from './state.js';
import { vscodeApi } from './vscodeApi.js';

/** Sends one message to the extension. */
export function send(message: DashboardMessage): void {
  vscodeApi.postMessage(message);
}

/** Calls `listener` with each well-formed message of the extension. */
export function listen(listener: (message: ExtensionMessage) => void): void {
  window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    const message = extensionMessage.safeParse(data);
    if (message.success) listener(message.data);
  });
}

/** What was kept before the page was hidden or loaded again. */
export function keptState(): DashboardState {
  return parseState(vscodeApi.getState());
}

/** Keeps it. */
export function keepState(state: DashboardState): void {
  vscodeApi.setState(state);
}
