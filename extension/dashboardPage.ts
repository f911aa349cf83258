/** The HTML of the dashboard: a page that may load our script and our style sheet and nothing else (Content Security Policy, level 3). */

import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { DASHBOARD_WORDS_ID, type DashboardWords } from '../trainer-core/protocol/dashboardMessages.js';

/** A fresh page with its own nonce. */
export function dashboardPage(webview: vscode.Webview, extensionUri: vscode.Uri): string {
  const resource = (...parts: string[]) => webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, ...parts)).toString();
  const nonce = randomBytes(16).toString('base64');
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${webview.cspSource} 'nonce-${nonce}';`;
  // "<" is escaped so that no word can end the script element early.
  const words = JSON.stringify(dashboardWords()).replaceAll('<', '\\u003c');
  return `<!DOCTYPE html>
<html lang="${vscode.env.language}">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <!-- Where the toolkit looks for the nonce of the style element with which it tests for :focus-visible. -->
  <meta property="csp-nonce" content="${nonce}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <link rel="stylesheet" href="${resource('media', 'dashboard.css')}">
  <title>DistilBERT Studio</title>
</head>
<body>
  <main><vscode-progress-ring></vscode-progress-ring></main>
  <script type="application/json" id="${DASHBOARD_WORDS_ID}" nonce="${nonce}">${words}</script>
  <script type="module" nonce="${nonce}" src="${resource('dist', 'webview.js')}"></script>
</body>
</html>`;
}

function dashboardWords(): DashboardWords {
  return {
    runs: vscode.l10n.t('Runs'),
    noRuns: vscode.l10n.t(
      'No runs in this workspace yet. A distillation writes its run into the "runs" folder and appears here.',
    ),
    startDistillation: vscode.l10n.t('Start Distillation'),
    revealRun: vscode.l10n.t('Show in Explorer'),
    columns: {
      run: vscode.l10n.t('Run'),
      step: vscode.l10n.t('Step'),
      loss: vscode.l10n.t('Loss'),
      macroF1: vscode.l10n.t('Macro-F1'),
      tokensPerSecond: vscode.l10n.t('Tokens/s'),
      secondsLeft: vscode.l10n.t('Time left'),
      updated: vscode.l10n.t('Updated'),
    },
    statuses: {
      running: vscode.l10n.t('running'),
      finished: vscode.l10n.t('finished'),
      stopped: vscode.l10n.t('stopped'),
      failed: vscode.l10n.t('failed'),
      interrupted: vscode.l10n.t('interrupted'),
    },
    objectives: {
      pretrain: vscode.l10n.t('Pre-training'),
      distill: vscode.l10n.t('Distillation'),
      finetune: vscode.l10n.t('Fine-tuning'),
    },
  };
}
