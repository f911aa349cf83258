/** The HTML of our webviews: a page that may load our script and our style sheet and nothing else (Content Security Policy, level 3). */

import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { PAGE_WORDS_ID } from '../trainer-core/protocol/pageWords.js';

/** The pages, by the names of their script and style sheet in `dist`: the dashboard, and the statistics of a corpus. */
export type PageName = 'webview' | 'corpus';
/** Where a page is shown, which decides what lies behind it. */
export type PagePlace = 'view' | 'editor';

/** What a webview with one of the pages may do and load. */
export function webviewOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  return { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(extensionUri, 'dist')] };
}

/** A fresh page with its own nonce. */
export function webviewPage(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  page: PageName,
  place: PagePlace,
): string {
  const resource = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', name)).toString();
  const nonce = randomBytes(16).toString('base64');
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${webview.cspSource} 'nonce-${nonce}';`;
  // "<" is escaped so that no word can end the script element early.
  const words = JSON.stringify(vscode.l10n.bundle ?? {}).replaceAll('<', '\\u003c');
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <!-- Where the toolkit looks for the nonce of the style element with which it tests for :focus-visible. -->
  <meta property="csp-nonce" content="${nonce}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <link rel="stylesheet" href="${resource(`${page}.css`)}">
  <title>DistilBERT Studio</title>
</head>
<body data-place="${place}">
  <script type="application/json" id="${PAGE_WORDS_ID}" nonce="${nonce}">${words}</script>
  <script type="module" nonce="${nonce}" src="${resource(`${page}.js`)}"></script>
</body>
</html>`;
}
