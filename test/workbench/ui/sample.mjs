/** The whole way on the sample: open it, distil, watch, reload, stop, resume, fine-tune, read the scores, classify a selection. */

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { OUTPUT } from '../paths.mjs';
import { isReadable } from './contrast.mjs';
import { changeJson, dashboard, lastStep, progress, showsStatus, startTraining } from './dashboardGestures.mjs';
import { chooseInMenu, labelBehind, openFile, runCommand, until } from './gestures.mjs';
import { THEMES } from './themes.mjs';

/** Long enough for a slow machine that does other things as well. */
const SLOW_MS = 90_000;

/** See ui.mjs: the whole way once in each theme. The window moves from an empty folder to the sample, which is then `workspace.sample`. */
export const SAMPLES = THEMES.slice(0, 3).map(([name, theme, kind]) => ({
  name: `sample-${name}`,
  inOrder: true,
  makeWorkspace() {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'empty-'));
    const workspace = {
      folder,
      sample: folder,
      remove() {
        for (const each of [folder, workspace.sample]) rmSync(each, { recursive: true, force: true });
      },
    };
    return workspace;
  },
  tests: {
    'Open Sample Workspace makes the sample and opens it': async ({ page, workspace }) => {
      await runCommand(page, 'DistilBERT: Open Sample Workspace');
      await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Open in This Window' }).click();
      await page
        .locator('.explorer-folders-view .monaco-list-row', { hasText: 'texts.txt' })
        .waitFor({ timeout: SLOW_MS });
      workspace.sample = new URL(page.url()).searchParams.get('folder');
      // The README comes by itself, and would take the focus from what is asked next.
      await page.locator('.tab', { hasText: 'README' }).waitFor({ timeout: SLOW_MS });
      const settings = path.join(workspace.sample, '.vscode/settings.json');
      mkdirSync(path.dirname(settings), { recursive: true });
      writeFileSync(settings, JSON.stringify({ 'workbench.colorTheme': theme }));
      // The window is to see every step, and the test is to end.
      changeJson(path.join(workspace.sample, 'sample.distill.json'), { logSteps: 1 });
      changeJson(path.join(workspace.sample, 'sample.finetune.json'), { maxSteps: 12, logSteps: 1 });
    },

    'Start Distillation tells the cost, starts, and its curves grow in the dashboard': async ({ page }) => {
      await startTraining(page, 'Start Distillation', 'sample.distill.json', async (dialog) => {
        const detail = await dialog.innerText();
        for (const line of [/Weights: .* to train/, /Steps: 7\d\d, /, /Time: about /, /Memory: /])
          assert.match(detail, line);
        await page.screenshot({ path: path.join(OUTPUT, `cost-${name}.png`) });
      });
      const frame = await dashboard(page);
      await frame.locator(`body[data-vscode-theme-kind=${kind}]`).waitFor();
      await showsStatus(frame, 'running');
      await until(async () => (await lastStep(frame)) >= 3, SLOW_MS);
      const { step } = await progress(frame);
      await until(async () => (await lastStep(frame)) > step, SLOW_MS);
      await page.screenshot({ path: path.join(OUTPUT, `distilling-${name}.png`) });
    },

    'a reloaded window finds the run, and its curve goes on from the first step': async ({ page }) => {
      const before = await lastStep(await dashboard(page));
      await page.reload();
      const frame = await dashboard(page);
      await showsStatus(frame, 'running');
      await until(async () => (await lastStep(frame)) > before, SLOW_MS);
      await frame.getByText('Show as table').click();
      const rows = frame.locator('.chart').first().locator('tbody th');
      // The table is drawn with the next frame.
      await until(async () => (await rows.count()) >= before);
      const steps = await rows.allInnerTexts();
      assert.deepEqual(
        steps.slice(0, before),
        Array.from({ length: before }, (_, index) => String(index + 1)),
      );
      await frame.getByText('Show as table').click();
    },

    'the run stops by the dashboard and goes on by Resume Run': async ({ page }) => {
      const frame = await dashboard(page);
      await frame.getByRole('button', { name: 'Stop', exact: true }).click();
      await showsStatus(frame, 'stopped', SLOW_MS);
      const stopped = await lastStep(frame);
      await runCommand(page, 'DistilBERT: Resume Run');
      await showsStatus(frame, 'running', SLOW_MS);
      await until(async () => (await lastStep(frame)) > stopped, SLOW_MS);
      await runCommand(page, 'DistilBERT: Stop Run');
      await showsStatus(frame, 'stopped', SLOW_MS);
    },

    'Start Fine-Tuning trains a classifier and shows what it reads rightly and wrongly': async ({ page }) => {
      await startTraining(page, 'Start Fine-Tuning', 'sample.finetune.json');
      const frame = await dashboard(page);
      await frame.locator('.run-header .objective', { hasText: 'Fine-tuning' }).waitFor();
      await showsStatus(frame, 'finished', SLOW_MS);
      await frame.locator('table.confusion').evaluate((element) => element.scrollIntoView({ block: 'nearest' }));
      await page.screenshot({ path: path.join(OUTPUT, `evaluated-${name}.png`) });
      await isReadable(frame);
      const example = frame.locator('.misread .example').first();
      const line = /\d+/.exec(await example.locator('.line').innerText())[0];
      await example.click();
      await page.locator('.tab.active', { hasText: '.tsv' }).waitFor();
      await page.locator('.statusbar-item', { hasText: `Ln ${line},` }).waitFor();
    },

    'Classify Selection in the context menu labels each selected line': async ({ page }) => {
      await runCommand(page, 'DistilBERT: Select Classifier');
      await page.locator('.quick-input-list .monaco-list-row', { hasText: 'final' }).first().click();
      await openFile(page, 'texts.txt', 'スマートフォン');
      await page.keyboard.press('Control+a');
      const line = page.locator('.view-line', { hasText: 'スマートフォン' }).first();
      await chooseInMenu(page, line, 'Classify Selection', { x: 60, y: 8 });
      await until(async () => /\S+ \d+(\.\d)?%/.test(await labelBehind(line)), SLOW_MS);
      await page.screenshot({ path: path.join(OUTPUT, `classified-${name}.png`) });
    },
  },
}));
