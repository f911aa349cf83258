/** The device: what the status bar says of it, and the choice of another among those that are here and those that are missing. */

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { OUTPUT } from '../paths.mjs';
import { notificationWith, runCommand, until } from './gestures.mjs';

/** Each device that may be there is tried in a process of its own. */
const LISTED_MS = 120_000;

/** The status bar's item, and what is read out of it. */
export const item = (page) => page.locator('.statusbar-item[id$="distilbertStudio.device"]');
export const label = (page) => item(page).locator('a').getAttribute('aria-label');
/** By what is read out first, the name: other rows may tell of it too. */
const row = (page, name) => page.locator(`.quick-input-list .monaco-list-row[aria-label^="${name},"]`);

/** See ui.mjs. */
export const DEVICE = {
  name: 'device',
  tests: {
    'a click on the device lists every one: what it can do, or why it is missing and the mend': async ({ page }) => {
      await until(async () => /auto/.test(await item(page).innerText()));
      assert.match(await label(page), /^Device: auto.*\. Select Device$/);
      await item(page).click();
      await row(page, 'cpu').waitFor({ timeout: LISTED_MS });
      const said = async (device) => await row(page, device).getAttribute('aria-label');
      assert.match(await said('cpu'), /threads.*Memory: [\d.]+ GB/);
      // There is none for Linux on any machine.
      assert.match(await said('coreml'), /It does not exist for linux-x64\. Use another device/);
      for (const device of ['auto', 'webgpu', 'cuda', 'dml', 'tensorflow']) await row(page, device).waitFor();
      await page.locator('.quick-input-list', { hasText: 'Not available here' }).waitFor();
      await page.screenshot({ path: path.join(OUTPUT, 'devices.png') });
      await page.keyboard.press('Escape');
    },

    'what is chosen is kept for the workspace, and said in the status bar': async ({ page, workspace }) => {
      await runCommand(page, 'DistilBERT: Select Device');
      await row(page, 'cpu').click({ timeout: LISTED_MS });
      await until(async () => /^\W*cpu \(/.test(await item(page).innerText()));
      const settings = readFileSync(path.join(workspace.folder, '.vscode/settings.json'), 'utf8');
      assert.equal(JSON.parse(settings)['distilbertStudio.device'], 'cpu');
      assert.match(await label(page), /^Device: cpu · .*threads/);
      await runCommand(page, 'DistilBERT: Select Device');
      await row(page, 'auto').click();
      await until(async () => /auto → cpu/.test(await item(page).innerText()));
    },

    'a missing device is not taken: it says in full why, and can be looked for again': async ({ page }) => {
      await runCommand(page, 'DistilBERT: Select Device');
      await row(page, 'coreml').click({ timeout: LISTED_MS });
      const notification = await notificationWith(page, 'coreml: It does not exist for linux-x64.');
      await page.screenshot({ path: path.join(OUTPUT, 'missingDevice.png') });
      await notification.getByRole('button', { name: 'Look Again' }).click();
      await row(page, 'cpu').waitFor({ timeout: LISTED_MS });
      await page.keyboard.press('Escape');
      assert.match(await item(page).innerText(), /auto/);
    },

    'a run says what it computes on': async ({ page, workspace }) => {
      const device = { name: 'webgpu', description: 'A graphics card with a long name' };
      workspace.setRun({ device });
      await until(async () => /webgpu \(A graphics card with a…\)/.test(await item(page).innerText()));
      assert.equal(await label(page), 'wiki computes on webgpu · A graphics card with a long name. Select Device');
      await page.screenshot({ path: path.join(OUTPUT, 'deviceStatus.png') });
      workspace.setRun({ device: undefined });
      await until(async () => /auto/.test(await item(page).innerText()));
    },

    'a run that lost its GPU offers another device': async ({ page, workspace }) => {
      const lost = {
        status: 'failed',
        device: { name: 'webgpu', description: 'A graphics card' },
        error: { code: 'deviceLost', data: { reason: 'device removed' } },
      };
      workspace.setRun(lost);
      const notification = await notificationWith(page, 'The GPU was lost: device removed.');
      assert.deepEqual(await notification.locator('.monaco-button').allInnerTexts(), [
        'Resume',
        'Resume on Another Device',
        'Show Log',
      ]);
      await page.screenshot({ path: path.join(OUTPUT, 'deviceLost.png') });
      await notification.getByRole('button', { name: 'Resume on Another Device' }).click();
      await row(page, 'cpu').waitFor({ timeout: LISTED_MS });
      await page.keyboard.press('Escape');
      workspace.setRun({ status: 'running', device: undefined, error: undefined });
    },
  },
};
