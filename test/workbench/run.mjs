/**
 * Tests the packaged and installed extension in a real VS Code, code-server in Chromium: the Mocha suite in the extension host,
 * the user interface, the dashboard's page by itself, the other platforms' packages. Installs what is missing; ends with `N passed, N failed` and exit code 0 or 1.
 * `node test/workbench/run.mjs dashboard suite` runs only those parts: `page` (the dashboard's page alone),
 * `suite`, `package`, or a subject of ui.mjs.
 */

import { install, whyNot } from './install.mjs';
import { makeVsix, testPackages } from './packages.mjs';
import { VSIX } from './paths.mjs';
import { report, seconds } from './report.mjs';

const reason = whyNot();
if (reason) {
  console.error(`workbench: NOT RUN, because ${reason}`);
  // On a test machine a part that is missing is a failure; on a laptop it may be a choice.
  process.exit(process.env.CI === 'true' ? 1 : 0);
}
install();
makeVsix();

// These import what was just installed.
const { runBehaviour } = await import('../dashboard/behaviour.mjs');
const { launchBrowser } = await import('./browser.mjs');
const { startHub } = await import('./hub.mjs');
const { SAME, startServer } = await import('./server.mjs');
const { runSuite } = await import('./suite.mjs');
const { runUi } = await import('./ui.mjs');
const { makeWorkspace } = await import('./workspace.mjs');

const words = process.argv.slice(2);
const start = performance.now();
const hub = await startHub();
const env = { HF_ENDPOINT: hub.url, HF_TOKEN: '', NO_PROXY: '*' };
const server = { ...(await startServer(VSIX, { settings: SAME, driver: true, env })), hub };
const browser = await launchBrowser();
const results = [];
try {
  if (words.length === 0 || words.includes('suite')) tell(await suite());
  tell(await runUi(server, browser, words));
  if (words.length === 0 || words.includes('page')) tell(await runBehaviour());
  if (words.length === 0 || words.includes('package')) tell(testPackages());
} finally {
  await browser.close();
  await server.stop();
  hub.stop();
}
const failed = results.filter(({ error }) => error !== null).length;
console.log(`workbench: ${results.length - failed} passed, ${failed} failed (${seconds(performance.now() - start)} s)`);
process.exit(failed > 0 ? 1 : 0);

/** The Mocha suite, in a workspace of its own because it leaves traces in it. */
async function suite() {
  const workspace = makeWorkspace();
  try {
    return await runSuite(server, browser, workspace.folder);
  } finally {
    workspace.remove();
  }
}

function tell(some) {
  results.push(...some);
  report(some);
}
