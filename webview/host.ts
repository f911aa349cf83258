/** The dashboard's side of its channel to the extension (VS Code's webview API, which may be acquired once). */

import type {
  DashboardToExtension,
  ExtensionToDashboard,
  MessageOf,
} from '../trainer-core/protocol/dashboardMessages.js';

declare function acquireVsCodeApi(): {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
};

const api = acquireVsCodeApi();

/** Sends one message to the extension. */
export function send(message: MessageOf<DashboardToExtension>): void {
  api.postMessage(message);
}

/** Calls `listener` with each message of the extension, and first with the last one kept by `keep` before the page was hidden. */
export function listen(listener: (message: MessageOf<ExtensionToDashboard>) => void): void {
  // Only the extension can post to a webview's window, so the type needs no check here.
  window.addEventListener('message', ({ data }: MessageEvent<MessageOf<ExtensionToDashboard>>) => listener(data));
  const kept = api.getState() as MessageOf<ExtensionToDashboard> | undefined;
  if (kept) listener(kept);
}

/** Keeps a message so that a page shown again has something to draw at once. */
export function keep(message: MessageOf<ExtensionToDashboard>): void {
  api.setState(message);
}
