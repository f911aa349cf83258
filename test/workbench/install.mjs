/** Finds and installs what the workbench needs: Chromium from Debian, code-server and its Node from npm. */

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CHROMIUM, CODE_SERVER, HERE, MODULES } from './paths.mjs';

const APT = 'apt-get install -y --no-install-recommends chromium fonts-noto-cjk';

/** Why the workbench cannot run on this machine, or undefined when it can; `browser`: one of our own is needed. */
export function whyNot({ browser } = { browser: true }) {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return 'it needs Linux on x64 (elsewhere: npm run test:electron)';
  }
  if (browser && !existsSync(CHROMIUM)) return `there is no ${CHROMIUM}; install it by: ${APT}`;
  return undefined;
}

/** Installs the packages of package-lock.json unless exactly those are there; about 30 seconds and 830 MB. */
export function install() {
  const lock = readFileSync(path.join(HERE, 'package-lock.json'), 'utf8');
  const stamp = path.join(MODULES, '.installed-lock.json');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.log('workbench: installing code-server, about 830 MB');
  npm('ci', HERE);
  // What these two would do after npm themselves, in a script that also compiles: VS Code's own packages and its extensions'.
  npm('install', path.join(CODE_SERVER, 'lib', 'vscode'));
  npm('install', path.join(CODE_SERVER, 'lib', 'vscode', 'extensions'));
  // Written last, so that an install that was cut short is done again.
  writeFileSync(stamp, lock);
}

/** Scripts are left out: all native parts that we use come prebuilt. */
function npm(command, folder) {
  const omit = command === 'install' ? ['--omit=dev'] : [];
  const options = { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' };
  const { status, stderr } = spawnSync(
    'npm',
    [command, ...omit, '--ignore-scripts', '--no-audit', '--no-fund'],
    options,
  );
  if (status !== 0) throw new Error(`npm ${command} failed in ${folder}:\n${stderr}`);
}
