/** The tree of runs, the status bar, and what asks before it acts. */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { OUTPUT } from '../paths.mjs';
import { runCommand, until } from './gestures.mjs';

const row = (page, name) => page.locator('.pane', { hasText: 'Runs' }).locator('.monaco-list-row', { hasText: name });
const dialog = (page, text) => page.locator('.monaco-dialog-box', { hasText: text });

/** See ui.mjs. */
export const RUNS = {
  name: 'runs',
  tests: {
    'the status bar shows the running run before any view is opened': async ({ page }) => {
      const item = page.locator('.statusbar-item[id$="distilbertStudio.activeRun"]');
      await item.waitFor();
      assert.match(await item.innerText(), /wiki 3% · 1 hr 4 min/);
      assert.match(await item.locator('a').getAttribute('aria-label'), /Training wiki: 3% · 1 hr 4 min/);
    },

    'the tree shows each run with its state': async ({ page, workspace }) => {
      await page.locator('.activitybar a[aria-label="DistilBERT"]').click();
      await row(page, 'livedoor').first().waitFor();
      const text = async (name) => (await row(page, name).first().innerText()).replaceAll('\n', ' ');
      assert.match(await text('livedoor'), /finished · Macro-F1 0\.9034/);
      assert.match(await text('wiki'), /running · 3% · 1 hr 4 min/);
      workspace.addStep(1000);
      await row(page, 'running · 25% · 50 min').first().waitFor({ timeout: 10_000 });
      await page.screenshot({ path: path.join(OUTPUT, 'runs.png') });
    },

    'only a run that has ended offers to be deleted': async ({ page }) => {
      const buttons = async (name) => {
        await row(page, name).first().hover();
        const actions = row(page, name).first().locator('.actions .action-label');
        return await actions.evaluateAll((all) => all.map((action) => action.getAttribute('aria-label')));
      };
      assert.deepEqual(await buttons('wiki'), ['Stop Run', 'Reveal Run in Explorer', 'Compare Runs']);
      assert.deepEqual(await buttons('livedoor'), ['Reveal Run in Explorer', 'Compare Runs', 'Move Run to Trash']);
    },

    'Compare Runs wants two': async ({ page }) => {
      await row(page, 'livedoor').first().hover();
      await row(page, 'livedoor').first().locator('.action-label[aria-label="Compare Runs"]').click();
      const picks = page.locator('.quick-input-list .monaco-list-row');
      await picks.nth(1).waitFor();
      const checked = await picks
        .locator('input[type=checkbox], .monaco-checkbox')
        .evaluateAll((all) => all.map((box) => box.checked ?? box.getAttribute('aria-checked') === 'true'));
      assert.deepEqual(checked, [false, true]);
      await page.keyboard.press('Enter');
      await page.waitForTimeout(300);
      assert.equal(await picks.count(), 2);
      await page.keyboard.press('Escape');
    },

    'Delete asks, and asks again where there is no trash': async ({ page, workspace }) => {
      const folder = path.join(workspace.folder, 'runs', 'livedoor');
      await runCommand(page, 'DistilBERT: Move Run to Trash');
      await page.locator('.quick-input-list .monaco-list-row', { hasText: 'livedoor' }).click();
      await dialog(page, 'Move the run livedoor to the trash').getByText('Move to Trash', { exact: true }).click();
      await dialog(page, 'Delete for good?').waitFor();
      await page.screenshot({ path: path.join(OUTPUT, 'runs-delete.png') });
      assert.ok(existsSync(folder));
      await dialog(page, 'Delete for good?').getByText('Delete Permanently').click();
      await until(() => !existsSync(folder));
      await row(page, 'livedoor').first().waitFor({ state: 'detached' });
    },
  },
};
