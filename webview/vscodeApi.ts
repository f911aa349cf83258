/** VS Code's webview API, which a page may acquire once. */

declare function acquireVsCodeApi(): {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
};

/** The page's channel to the extension, and what VS Code keeps for it while it is hidden. */
export const vscodeApi = acquireVsCodeApi();
