/**
 * Runs the same Mocha suite in the desktop's VS Code, which @vscode/test-electron downloads: for machines that can reach its host.
 * `node test/workbench/electron.mjs [version]`; needs `npm run build` before it, and on Linux a display (`xvfb-run`).
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { bundleSuite } from './bundleSuite.mjs';
import { EXTENSION, HERE, MODULES } from './paths.mjs';
import { report } from './report.mjs';
import { makeWorkspace } from './workspace.mjs';

// Of our packages only Mocha is needed here, but they come together.
if (!existsSync(path.join(MODULES, 'mocha'))) {
  // On Windows npm is a script, which only a shell starts.
  const options = { cwd: HERE, stdio: 'inherit', shell: process.platform === 'win32' };
  if (spawnSync('npm', ['ci', '--ignore-scripts'], options).status !== 0) process.exit(1);
}

const own = mkdtempSync(path.join(os.tmpdir(), 'electron-'));
const file = path.join(own, 'results.json');
const workspace = makeWorkspace();
try {
  // A failed test ends VS Code with an error too; then the results say which.
  const problem = await runTests({
    version: process.argv[2] ?? 'stable',
    extensionDevelopmentPath: EXTENSION,
    extensionTestsPath: await bundleSuite(),
    extensionTestsEnv: { WORKBENCH_RESULTS: file },
    launchArgs: [workspace.folder, '--disable-workspace-trust', '--user-data-dir', path.join(own, 'data')],
  }).catch((error) => error);
  if (!existsSync(file)) throw problem instanceof Error ? problem : new Error('VS Code ended without results.');
  process.exitCode = report(JSON.parse(readFileSync(file, 'utf8'))) > 0 ? 1 : 0;
} finally {
  workspace.remove();
  rmSync(own, { recursive: true, force: true });
}
