/** The dashboard on two runs that are known to the number: how it follows, compares, comes back, fits and can be read and operated. */

import assert from 'node:assert/strict';
import path from 'node:path';
import { OUTPUT } from '../paths.mjs';
import { isReadable } from './contrast.mjs';
import { dashboard, lastStep, progress } from './dashboardGestures.mjs';
import { runCommand, until, webviewFrame } from './gestures.mjs';
import { THEMES } from './themes.mjs';

/** See ui.mjs. */
export const DASHBOARD = {
  name: 'dashboard',
  tests: {
    'the run that is running comes first': async ({ page }) => {
      await page.locator('.activitybar a[aria-label="DistilBERT"]').click();
      const frame = await dashboard(page);
      assert.equal(await frame.locator('.run-header h1').innerText(), 'wiki');
      assert.equal(await frame.locator('.progress-text').innerText(), 'Step 120 of 4,000 · 3% · 1:04:40 left');
      await until(async () => (await lastStep(frame)) === 120);
      assert.deepEqual(await frame.locator('.runs .link').allInnerTexts(), ['wiki', 'livedoor']);
    },

    'it follows a run': async ({ page, workspace }) => {
      const frame = await dashboard(page);
      workspace.addStep(160);
      await until(async () => (await lastStep(frame)) === 160);
      await until(async () => (await progress(frame)).step === 160);
    },

    'it is up to date again after it was hidden, and keeps what was set': async ({ page, workspace }) => {
      const before = await dashboard(page);
      await before.getByText('Log scale').click();
      await page.locator('.activitybar a[aria-label^="Explorer"]').click();
      workspace.addStep(200);
      await page.locator('.activitybar a[aria-label="DistilBERT"]').click();
      const frame = await dashboard(page);
      await until(async () => (await lastStep(frame)) === 200);
      assert.equal(await frame.getByRole('checkbox', { name: 'Log scale' }).getAttribute('aria-checked'), 'true');
      await frame.getByText('Log scale').click();
    },

    'arrow keys read values aloud, plus zooms, Escape shows all': async ({ page }) => {
      const frame = await dashboard(page);
      const plot = frame.locator('.chart .plot').first();
      await plot.focus();
      await page.keyboard.press('Home');
      const spoken = frame.locator('#charts [aria-live]');
      await until(async () => (await spoken.textContent()) === 'Step 1, Total loss 40.00');
      await page.keyboard.press('+');
      await until(async () => (await lastStep(frame)) < 200);
      await page.keyboard.press('Escape');
      await until(async () => (await lastStep(frame)) === 200);
    },

    'two runs lie over each other, with the settings that differ': async ({ page }) => {
      const frame = await dashboard(page);
      await frame.getByRole('checkbox', { name: 'Show livedoor beside others' }).click();
      const legend = frame.locator('.chart', { hasText: 'Total loss' }).first().locator('.legend-item .name');
      await until(async () => (await legend.allInnerTexts()).join() === 'wiki,livedoor');
      await frame.locator('summary', { hasText: 'Settings that differ' }).click();
      assert.match(
        await frame.locator('details', { hasText: 'Settings that differ' }).innerText(),
        /learningRate\s+0\.0005\s+0\.001/,
      );
      await frame.locator('summary', { hasText: 'Settings that differ' }).click();
      await page.screenshot({ path: path.join(OUTPUT, 'dashboard-two.png') });
      await frame.getByRole('checkbox', { name: 'Show livedoor beside others' }).click();
    },

    'at 250 pixels nothing is cut off': async ({ page }) => {
      await dragSash(page, 250);
      const frame = await dashboard(page);
      await page.waitForTimeout(300);
      await page.screenshot({ path: path.join(OUTPUT, 'dashboard-narrow.png') });
      const { width, cut } = await frame.evaluate(() => {
        const width = document.documentElement.clientWidth;
        const inScroller = (element) => element.closest('.table-scroll, .hidden, .skip');
        const cut = [...document.querySelectorAll('main *')]
          .filter((element) => !inScroller(element) && element.getBoundingClientRect().right > width + 1)
          .map((element) => element.outerHTML.slice(0, 100));
        return { width, cut };
      });
      assert.ok(width <= 250, `${width} pixels`);
      assert.deepEqual(cut, []);
      await dragSash(page, 350);
    },

    'every control has a name and is reached by Tab': async ({ page }) => {
      const frame = await dashboard(page);
      const controls = await frame.evaluate(() => {
        const selector =
          'button, input, summary, a[href], vscode-button, vscode-checkbox, vscode-dropdown, [role=application]';
        return [...document.querySelectorAll(selector)]
          .filter((control) => control.checkVisibility())
          .map((control) => {
            const label = control.getAttribute('aria-label') ?? control.labels?.[0]?.textContent ?? control.textContent;
            return { tag: control.outerHTML.slice(0, 80), name: label.trim(), tabIndex: control.tabIndex };
          });
      });
      assert.ok(controls.length > 15, `${controls.length} controls`);
      for (const { tag, name } of controls) assert.notEqual(name, '', tag);
      await frame.locator('body').evaluate((body) => {
        body.tabIndex = -1;
        body.focus();
      });
      const reached = new Set();
      for (let press = 0; press < controls.length + 5; press++) {
        await page.keyboard.press('Tab');
        reached.add(await frame.evaluate(() => document.activeElement?.outerHTML.slice(0, 80)));
      }
      assert.deepEqual(
        controls.map(({ tag }) => tag).filter((tag) => !reached.has(tag)),
        [],
      );
    },

    ...Object.fromEntries(
      THEMES.map(([name, theme, kind]) => [`it can be read in ${theme}`, readableIn(name, theme, kind)]),
    ),

    'in an editor it has room, and is there again when the window is loaded anew': async ({ page }) => {
      await runCommand(page, 'DistilBERT: Open Dashboard in Editor');
      const place = 'body[data-place=editor] .run-header .status';
      await webviewFrame(page, place);
      await page.screenshot({ path: path.join(OUTPUT, 'dashboard-editor.png') });
      // VS Code's own command waits until the window has put down what is open.
      await runCommand(page, 'Developer: Reload Window');
      const frame = await webviewFrame(page, place, 60_000);
      await until(async () => (await lastStep(frame)) === 200);
    },
  },
};

/** Switches the theme, keeps a picture, and measures the contrast of every text of the dashboard. */
function readableIn(name, theme, kind) {
  return async ({ page, workspace }) => {
    workspace.setSettings({ 'workbench.colorTheme': theme });
    const frame = await webviewFrame(page, `body[data-vscode-theme-kind=${kind}] .run-header .status`);
    await page.mouse.move(900, 500);
    await frame.locator('.run-header').evaluate((element) => element.scrollIntoView({ block: 'nearest' }));
    await page.waitForTimeout(500);
    await page.screenshot({ path: path.join(OUTPUT, `dashboard-${name}.png`) });
    await isReadable(frame);
  };
}

/** Drags the side bar's edge until it is so many pixels wide. */
async function dragSash(page, width) {
  const bar = await page.locator('.part.sidebar').boundingBox();
  await page.mouse.move(bar.x + bar.width, 600);
  await page.mouse.down();
  await page.mouse.move(bar.x + width, 600, { steps: 5 });
  await page.mouse.up();
}
