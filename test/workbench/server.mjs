/** Starts a throw-away code-server on loopback, on a free port: fresh settings, fresh extensions, everything in one temporary folder. */

import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CODE_SERVER, NODE } from './paths.mjs';

const START_TIMEOUT_MS = 30_000;

/** Nothing is sent or fetched, and the window shows what belongs to the work. */
const QUIET = {
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'telemetry.telemetryLevel': 'off',
  'extensions.autoCheckUpdates': false,
  'update.mode': 'none',
  'chat.disableAIFeatures': true,
};

/** For tests: the window is the same every time. */
export const SAME = { 'workbench.startupEditor': 'none', 'window.autoDetectColorScheme': false };

/**
 * A running server with the extension in `vsix` installed: its address, the `folder` that it and its extensions write to, and `stop`, which also removes that.
 * `settings` are the user's beside QUIET, `env` the environment's beside what this process has. With `driver` the `payload` of the page's address is heard (without it, it is ignored
 * without a word), and notifications no longer pop up.
 */
export async function startServer(vsix, { settings = {}, driver = false, env = {} } = {}) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'workbench-'));
  const data = path.join(folder, 'data');
  mkdirSync(path.join(data, 'User'), { recursive: true });
  writeFileSync(path.join(data, 'User', 'settings.json'), JSON.stringify({ ...QUIET, ...settings }));
  knowJapanese(data);
  const port = await freePort();
  const config = path.join(folder, 'config.yaml');
  writeFileSync(config, `bind-addr: 127.0.0.1:${port}\nauth: none\ncert: false\n`);
  const logFile = path.join(folder, 'server.log');
  const log = openSync(logFile, 'w');
  const program = [
    path.join(CODE_SERVER, 'out', 'node', 'entry.js'),
    ...['--config', config, '--user-data-dir', data, '--extensions-dir', path.join(folder, 'extensions')],
  ];
  const options = { stdio: ['ignore', log, log], env: { ...environment(folder), ...env } };
  if (spawnSync(NODE, [...program, '--install-extension', vsix], options).status !== 0) {
    throw new Error(`code-server did not install ${vsix}:\n${readFileSync(logFile, 'utf8')}`);
  }
  const child = spawn(
    NODE,
    [
      ...program,
      ...['--disable-telemetry', '--disable-update-check', '--disable-workspace-trust'],
      ...['--disable-getting-started-override', '--ignore-last-opened'],
      ...(driver ? ['--vscode-option', 'enable-smoke-test-driver'] : []),
    ],
    options,
  );
  const stop = async () => {
    if (child.exitCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await ended;
    }
    // What it has started may write for a moment longer; only the asynchronous removal tries a folder again that was filled meanwhile.
    await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 300 });
  };
  const url = `http://127.0.0.1:${port}`;
  if (!(await answers(`${url}/healthz`))) {
    const said = readFileSync(logFile, 'utf8');
    await stop();
    throw new Error(`code-server did not start:\n${said}`);
  }
  return { url, folder, stop };
}

/** The server's sockets, logs and caches belong into its own folder, not into the user's. */
function environment(folder) {
  const { XDG_DATA_HOME, XDG_CONFIG_HOME, XDG_CACHE_HOME, XDG_RUNTIME_DIR, NODE_OPTIONS, ...inherited } = process.env;
  return { ...inherited, HOME: folder, TMPDIR: folder };
}

/**
 * Lets a page that asks for Japanese have it: the extension's words are then Japanese, VS Code's own stay English, because its
 * language packs come from a marketplace. A pack without words is enough for VS Code to take the language for known.
 */
function knowJapanese(data) {
  const words = path.join(data, 'noWords.json');
  writeFileSync(words, JSON.stringify({ contents: {} }));
  const extensions = [{ extensionIdentifier: { id: 'distilbert-studio.no-words' }, version: '0.0.0' }];
  const pack = { hash: 'none', extensions, label: '日本語', translations: { vscode: words } };
  writeFileSync(path.join(data, 'languagepacks.json'), JSON.stringify({ ja: pack }));
  // Without this file every page is English, whatever it asks for.
  writeFileSync(path.join(data, 'User', 'argv.json'), '{}');
}

async function answers(url) {
  for (const end = Date.now() + START_TIMEOUT_MS; Date.now() < end; await sleep(100)) {
    if (
      await fetch(url).then(
        (response) => response.ok,
        () => false,
      )
    )
      return true;
  }
  return false;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
