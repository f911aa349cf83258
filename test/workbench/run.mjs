/**
 * Tests the extension in a real VS Code: code-server in Chromium, first the Mocha suite in the extension host, then the user interface.
 * Installs what is missing; ends with `N passed, N failed` and exit code 0 or 1. Needs `npm run build` before it.
 */

import { existsSync } from 'node:fs';
import path from 'node:path';
import { install, whyNot } from './install.mjs';
import { EXTENSION } from './paths.mjs';
import { report, seconds } from './report.mjs';

const reason = whyNot();
if (reason) {
  console.error(`workbench: NOT RUN, because ${reason}`);
  // On a test machine a part that is missing is a failure; on a laptop it may be a choice.
  process.exit(process.env.CI === 'true' ? 1 : 0);
}
for (const file of ['extension.cjs', 'webview.js', 'cli.js']) {
  if (!existsSync(path.join(EXTENSION, 'dist', file))) {
    console.error(`workbench: there is no dist/${file}; run: npm run build`);
    process.exit(1);
  }
}
install();

// These import what was just installed.
const { launchBrowser } = await import('./browser.mjs');
const { startServer } = await import('./server.mjs');
const { runSuite } = await import('./suite.mjs');
const { runUi } = await import('./ui.mjs');
const { makeWorkspace } = await import('./workspace.mjs');

const start = performance.now();
const server = await startServer();
const browser = await launchBrowser();
const results = [];
let failed = 0;
try {
  await inWorkspace((workspace) => runSuite(server, browser, workspace.folder));
  await inWorkspace((workspace) => runUi(server, browser, workspace));
} finally {
  await browser.close();
  await server.stop();
}
console.log(`workbench: ${results.length - failed} passed, ${failed} failed (${seconds(performance.now() - start)} s)`);
process.exit(failed > 0 ? 1 : 0);

/** Each part has a workspace of its own, because both leave traces in it. */
async function inWorkspace(test) {
  const workspace = makeWorkspace();
  try {
    const some = await test(workspace);
    results.push(...some);
    failed += report(some);
  } finally {
    workspace.remove();
  }
}
