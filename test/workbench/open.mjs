/**
 * `npm run workbench [-- FOLDER]`: the extension in VS Code in a browser, for someone without VS Code. Installs what is missing,
 * opens the folder, else the sample, and prints the address. Settings last as long as the program; Ctrl+C ends it.
 */

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ensure } from '../../scripts/ensure.mjs';
import { install, whyNot } from './install.mjs';
import { makeVsix } from './packages.mjs';
import { CHROMIUM, EXTENSION, VSIX } from './paths.mjs';
import { startServer } from './server.mjs';

const reason = whyNot({ browser: false });
if (reason) {
  console.error(`workbench: it cannot be opened, because ${reason}`);
  process.exit(1);
}
ensure();
install();
console.log('Packaging the extension');
makeVsix();

const folder = process.argv[2] === undefined ? makeSample() : path.resolve(process.argv[2]);
if (!existsSync(folder)) {
  console.error(`There is no folder ${folder}`);
  process.exit(1);
}
const server = await startServer(VSIX);
const address = `${server.url}/?${new URLSearchParams({ folder })}`;
console.log(`DistilBERT Studio is open at\n  ${address}\nCtrl+C ends it; runs go on.`);
const closeBrowser = openBrowser(address);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    await server.stop();
    closeBrowser();
    process.exit(0);
  });
}

/** Runs and models that are made in it stay from one time to the next. */
function makeSample() {
  const sample = path.join(EXTENSION, 'runs', 'sample');
  const program = [path.join(EXTENSION, 'dist', 'cli.js'), 'sample', '--out', sample];
  if (spawnSync(process.execPath, program, { stdio: ['ignore', 'ignore', 'inherit'] }).status !== 0) process.exit(1);
  return sample;
}

/** Only where there is a screen; otherwise the address is enough, also through a forwarded port. */
function openBrowser(url) {
  if (!(process.env.DISPLAY || process.env.WAYLAND_DISPLAY) || !existsSync(CHROMIUM)) return () => {};
  const profile = mkdtempSync(path.join(os.tmpdir(), 'workbench-browser-'));
  const options = [`--user-data-dir=${profile}`, '--no-first-run', `--app=${url}`];
  // Chromium's sandbox refuses to work for root.
  if (process.getuid() === 0) options.push('--no-sandbox');
  const browser = spawn(CHROMIUM, options, { stdio: 'ignore' });
  return () => {
    browser.kill();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
}
