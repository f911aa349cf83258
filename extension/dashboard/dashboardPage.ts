/** The HTML of the dashboard: a page that may load our script and our style sheet and nothing else (Content Security Policy, level 3). */

import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { DASHBOARD_WORDS_ID } from '../../trainer-core/protocol/dashboardWords.js';

/** Where the page is shown, which decides what lies behind it. */
export type DashboardPlace = 'view' | 'editor';

/** What a webview with the page may do and load. */
export function dashboardOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  return { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(extensionUri, 'dist')] };
}

/** A fresh page with its own nonce. */
export function dashboardPage(webview: vscode.Webview, extensionUri: vscode.Uri, place: DashboardPlace): string {
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
  <link rel="stylesheet" href="${resource('webview.css')}">
  <title>DistilBERT Studio</title>
</head>
<body data-place="${place}">
  <script type="application/json" id="${DASHBOARD_WORDS_ID}" nonce="${nonce}">${words}</script>
  <script type="module" nonce="${nonce}" src="${resource('webview.js')}"></script>
</body>
</html>`;
}
