/** Makes sure that the packages are installed; uses nothing but Node itself, so that it works right after `git clone`. */

import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's root folder. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Only errors are worth showing to someone who wants to see the program, not its packages. */
const CI = ['ci', '--loglevel=error'];

/** When a file was last written, in milliseconds; 0 when it is not there. */
export function writtenAt(file) {
  return statSync(join(ROOT, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Runs a program on our own standard streams, in the project's root or a folder below it; ends this process when it fails. */
export function run(program, args, env = {}, folder = '.') {
  const options = { cwd: join(ROOT, folder), stdio: 'inherit', env: { ...process.env, ...env } };
  const { status, error } = spawnSync(program, args, options);
  if (error) console.error(`${program}: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

/** Installs the project's packages when they are missing or older than package-lock.json. */
export function ensure() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) {
    console.error(`Node.js 20 or newer is needed; this is ${process.version}. Get it from https://nodejs.org/.`);
    process.exit(1);
  }
  ensureIn('.', 'packages');
}

/** The same for a folder with a package-lock.json of its own; `what` it installs is told. No install script runs in those. */
export function ensureIn(folder, what) {
  const installed = writtenAt(join(folder, 'node_modules/.package-lock.json'));
  if (installed >= writtenAt(join(folder, 'package-lock.json'))) return;
  console.log(`Installing ${what} (${installed === 0 ? 'first time' : 'package-lock.json changed'}).`);
  const flags = folder === '.' ? CI : [...CI, '--ignore-scripts'];
  // Under npm its own script is named; the bare command needs a shell on Windows, where it is a .cmd file.
  const npm = process.env.npm_execpath;
  if (npm?.endsWith('.js')) run(process.execPath, [npm, ...flags], {}, folder);
  else if (process.platform === 'win32') run('cmd.exe', ['/d', '/s', '/c', `npm ${flags.join(' ')}`], {}, folder);
  else run('npm', flags, {}, folder);
}
