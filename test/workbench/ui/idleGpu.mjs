/**
 * A run on the processor while a GPU stands idle: what is said of it, and what the answer does. The GPU is TensorFlow.js's, the one
 * device that a test can add to a machine: a package of that name, which is the CPU backend in JavaScript and says that it has found one.
 */

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { OUTPUT } from '../paths.mjs';
import { makeWorkspace } from '../workspace.mjs';
import { item, label } from './device.mjs';
import { notificationWith, runCommand, until } from './gestures.mjs';

const SETTING = 'distilbertStudio.device';
const GPU = /^Device: tensorflow/;

/** The settings of a file; none where there is no file. */
const settingsIn = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {});

const ON_PROCESSOR = { status: 'running', device: { name: 'cpu', description: 'A processor' } };

/** A folder whose user has chosen the processor, with a GPU below it. */
function makeIdleWorkspace() {
  const workspace = makeWorkspace();
  workspace.setSettings({ [SETTING]: 'cpu' });
  const home = path.join(workspace.folder, 'node_modules/@tensorflow/tfjs-node-gpu');
  mkdirSync(home, { recursive: true });
  const { resolve } = createRequire(import.meta.url);
  const [backend, core] = ['@tensorflow/tfjs-backend-cpu', '@tensorflow/tfjs-core'].map((name) =>
    JSON.stringify(resolve(name)),
  );
  const code = `require(${backend}); module.exports = require(${core}); module.exports.backend().isUsingGpuDevice = true;`;
  writeFileSync(path.join(home, 'index.js'), code);
  return workspace;
}

/** See ui.mjs. */
export const IDLE_GPU = {
  name: 'device-idle',
  makeWorkspace: makeIdleWorkspace,
  inOrder: true,
  tests: {
    'a run on the processor beside a GPU is told of, and nothing is timed for it': async ({
      page,
      workspace,
      server,
    }) => {
      await until(async () => (await label(page))?.startsWith('Device: cpu'), 60_000);
      workspace.setRun(ON_PROCESSOR);
      const said = /wiki trains on the processor, while the GPU TensorFlow [\d.]+ stands idle\./;
      const notification = await notificationWith(page, said);
      assert.deepEqual(await notification.locator('.monaco-button').allInnerTexts(), ['Use It', 'Not Now', 'Never']);
      await page.screenshot({ path: path.join(OUTPUT, 'idleGpu.png') });
      const remembered = path.join(server.folder, '.cache/distilbert-studio/devices.json');
      assert.ok(!existsSync(remembered) || !readFileSync(remembered, 'utf8').includes('TensorFlow'));
    },

    'Use It sets it for every folder, in place of what this one had set': async ({ page, workspace, server }) => {
      // A setting about a machine is kept there, also when its user sits elsewhere.
      const ofMachine = path.join(server.folder, 'data/Machine/settings.json');
      const notification = page.locator('.notifications-center .notification-list-item', { hasText: 'stands idle' });
      try {
        await notification.getByRole('button', { name: 'Use It' }).click();
        await until(() => !(SETTING in settingsIn(path.join(workspace.folder, '.vscode/settings.json'))));
        await until(() => settingsIn(ofMachine)[SETTING] === 'tensorflow');
        workspace.setRun({ status: 'finished' });
        await until(async () => GPU.test(await label(page)));
      } finally {
        writeFileSync(ofMachine, '{}');
      }
      await until(async () => !GPU.test(await label(page)));
    },

    'it is asked once on a machine': async ({ page, workspace }) => {
      await page.reload();
      await item(page).waitFor({ timeout: 60_000 });
      workspace.setRun(ON_PROCESSOR);
      await until(async () => (await label(page)).startsWith('wiki computes on cpu'), 60_000);
      // What asks would have waited for the same list.
      await runCommand(page, 'DistilBERT: Select Device');
      await page.locator('.quick-input-list .monaco-list-row[aria-label^="tensorflow,"]').waitFor({ timeout: 60_000 });
      await page.keyboard.press('Escape');
      await page.locator('.statusbar-item[id="status.notifications"] .codicon-bell').waitFor();
    },
  },
};
