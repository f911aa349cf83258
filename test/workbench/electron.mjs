/**
 * Runs the same Mocha suite in the desktop's VS Code, which @vscode/test-electron downloads: for machines that can reach its host.
 * `node test/workbench/electron.mjs [version]`; needs `npm run build` before it, and on Linux a display (`xvfb-run`).
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';

// Of our packages only Mocha is needed here, but they come together.
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
spawnSync(npm, ['ci', '--ignore-scripts'], {
  cwd: import.meta.dirname,
  stdio: 'inherit',
  shell: process.platform === 'win32',
});

const { bundleSuite } = await import('./bundleSuite.mjs');
const { EXTENSION } = await import('./browser.mjs');
const { report } = await import('./report.mjs');
const { makeWorkspace } = await import('./workspace.mjs');

const own = mkdtempSync(path.join(os.tmpdir(), 'electron-'));
const file = path.join(own, 'results.json');
const workspace = makeWorkspace();
try {
  await runTests({
    version: process.argv[2] ?? 'stable',
    extensionDevelopmentPath: EXTENSION,
    extensionTestsPath: await bundleSuite(),
    extensionTestsEnv: { WORKBENCH_RESULTS: file },
    launchArgs: [workspace.folder, '--disable-workspace-trust', '--user-data-dir', path.join(own, 'data')],
  }).catch(() => {
    // A failed test ends VS Code with an error; the results say which.
  });
  process.exitCode = report(JSON.parse(readFileSync(file, 'utf8'))) > 0 ? 1 : 0;
} finally {
  workspace.remove();
  rmSync(own, { recursive: true, force: true });
}
