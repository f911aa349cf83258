/** Runs the Mocha suite inside the workbench's extension host and brings its results back. */

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { newPage, openWorkbench, remote } from './browser.mjs';
import { bundleSuite } from './bundleSuite.mjs';
import { HERE } from './paths.mjs';

const TIMEOUT_MS = 180_000;

/** The suite's folder is empty until it copies `files` into it. Resolves with one `{ name, error, durationMs }` a test; `error` is null for those that passed. */
export async function runSuite(server, browser, files) {
  const tests = await bundleSuite();
  const own = mkdtempSync(path.join(os.tmpdir(), 'suite-'));
  const file = path.join(own, 'results.json');
  const folder = path.join(own, 'workspace');
  mkdirSync(folder);
  const page = await newPage(browser);
  try {
    const said = [];
    const ended = new Promise((resolve) => {
      setTimeout(resolve, TIMEOUT_MS, 'timeout').unref();
      // VS Code calls these two by name: what its consoles say, and the extension host's exit code.
      page.exposeFunction('codeAutomationLog', (_level, args) => said.push(args.join(' ')));
      page.exposeFunction('codeAutomationExit', resolve);
    });
    await openWorkbench(page, server, folder, {
      // VS Code runs a suite only for an extension under development; ours is installed, so that one is empty.
      extensionDevelopmentPath: remote(server, path.join(HERE, 'suite')),
      extensionTestsPath: remote(server, tests),
      extensionEnvironment: JSON.stringify({ WORKBENCH_RESULTS: file, WORKBENCH_FILES: files }),
    });
    const code = await ended;
    // VS Code itself has much to say; the suite's own figures are marked.
    for (const line of said.filter((text) => text.startsWith('figure: '))) console.log(line);
    if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
    return [
      { name: 'extension host', error: `It ended (${code}) without results.\n${said.join('\n')}`, durationMs: 0 },
    ];
  } finally {
    await page.context().close();
    rmSync(own, { recursive: true, force: true });
  }
}
