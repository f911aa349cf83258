/** What a user sees and presses, in the real workbench. Each test leaves the workbench as it found it. */

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { newPage, openWorkbench, runCommand, webviewFrame } from './browser.mjs';
import { OUTPUT } from './paths.mjs';

/** A theme's name in the settings, and the kind VS Code gives the webview for it. */
const THEMES = [
  ['light', 'Default Light Modern', 'vscode-light'],
  ['dark', 'Default Dark Modern', 'vscode-dark'],
  ['highContrast', 'Default High Contrast', 'vscode-high-contrast'],
  ['highContrastLight', 'Default High Contrast Light', 'vscode-high-contrast-light'],
];

/** Text must stand out from its background this much (WCAG 2.1, 1.4.3). */
const LEAST_CONTRAST = 4.5;

const GRID_ROW = 'vscode-data-grid-row[row-type=default]';

/** Resolves with one `{ name, error, durationMs }` a test; `error` is null for those that passed. */
export async function runUi(server, browser, workspace) {
  mkdirSync(OUTPUT, { recursive: true });
  const page = await newPage(browser);
  const console = [];
  page.on('console', (message) => console.push(message.text()));
  await openWorkbench(page, server, workspace.folder);
  await page.locator('.activitybar a[aria-label="DistilBERT"]').waitFor({ timeout: 60_000 });

  const results = [];
  for (const [name, test] of Object.entries(TESTS)) {
    const start = performance.now();
    const error = await test({ page, workspace, console }).then(
      () => null,
      (reason) => reason.stack ?? String(reason),
    );
    results.push({ name, error, durationMs: performance.now() - start });
    if (error) await page.screenshot({ path: path.join(OUTPUT, `failed-${results.length}.png`) });
  }
  await page.context().close();
  return results;
}

const TESTS = {
  'the palette offers Start Distillation, which lists the configs': async ({ page }) => {
    await runCommand(page, 'DistilBERT: Start Distillation');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'wiki.distill.json' }).waitFor();
    await page.keyboard.press('Escape');
  },

  'the activity bar opens the dashboard with the runs of the workspace': async ({ page }) => {
    await page.locator('.activitybar a[aria-label="DistilBERT"]').click();
    const frame = await webviewFrame(page, GRID_ROW);
    const rows = await frame.$$eval(GRID_ROW, (found) => found.map((row) => row.innerText.replace(/\s+/g, ' ')));
    assert.deepEqual(rows.sort(), [
      'livedoor Fine-tuning · finished 0.213 0.903',
      'wiki Distillation · running 3% 3.651',
    ]);
  },

  'the dashboard follows a run': async ({ page, workspace }) => {
    const frame = await webviewFrame(page, GRID_ROW);
    workspace.addStep(160);
    await frame.locator(GRID_ROW, { hasText: '3.162' }).waitFor({ timeout: 10_000 });
  },

  'the dashboard has its runs again after it was hidden': async ({ page, workspace }) => {
    await page.locator('.activitybar a[aria-label^="Explorer"]').click();
    workspace.addStep(200);
    await page.locator('.activitybar a[aria-label="DistilBERT"]').click();
    const frame = await webviewFrame(page, GRID_ROW);
    await frame.locator(GRID_ROW, { hasText: '2.828' }).waitFor({ timeout: 10_000 });
  },

  'a wider dashboard has more columns': async ({ page }) => {
    const frame = await webviewFrame(page, GRID_ROW);
    await page.mouse.move(349, 600);
    await page.mouse.down();
    await page.mouse.move(1000, 600, { steps: 5 });
    await page.mouse.up();
    await page.waitForTimeout(500);
    await page.screenshot({ path: path.join(OUTPUT, 'dashboard-wide.png') });
    const cells = await frame.$$eval('vscode-data-grid-row', (rows) =>
      rows.map((row) => [...row.children].filter((cell) => cell.offsetWidth > 0).map((cell) => cell.innerText.trim())),
    );
    await page.mouse.move(1000, 600);
    await page.mouse.down();
    await page.mouse.move(349, 600, { steps: 5 });
    await page.mouse.up();
    assert.deepEqual(cells[0], ['Run', 'Step', 'Loss', 'Macro-F1', 'Tokens/s', 'Time left', 'Updated']);
    const wiki = cells.find(([name]) => name.startsWith('wiki'));
    assert.deepEqual(wiki.slice(1, 6), ['200/4,000', '2.828', '', '1,250', '1:03:20']);
  },

  ...Object.fromEntries(
    THEMES.map(([name, theme, kind]) => [`the dashboard can be read in ${theme}`, readableIn(name, theme, kind)]),
  ),

  'a run shows its folder in the explorer': async ({ page }) => {
    const frame = await webviewFrame(page, GRID_ROW);
    await frame.locator(GRID_ROW, { hasText: 'livedoor' }).locator('button').click();
    await page.locator('.explorer-folders-view .monaco-list-row.selected', { hasText: 'livedoor' }).waitFor();
  },

  'the context menu of a selection has Classify Selection, which asks for a classifier when none is set': async ({
    page,
  }) => {
    await openText(page);
    await page.keyboard.press('Control+a');
    await page
      .locator('.view-line')
      .first()
      .click({ button: 'right', position: { x: 60, y: 8 } });
    // The menu lies in a shadow root, which playwright looks into.
    const item = page.getByRole('menuitem', { name: 'Classify Selection' });
    await item.waitFor();
    // A menu takes no click in its first moments, so that the right button's release chooses nothing.
    await page.waitForTimeout(500);
    await item.click();
    const notification = await notificationWith(page, 'No classifier is set.');
    await notification.getByRole('button', { name: 'Choose Folder…' }).waitFor();
    await page.screenshot({ path: path.join(OUTPUT, 'noClassifier.png') });
    await runCommand(page, 'Notifications: Clear All Notifications');
  },

  'a classifier that is not there is named, with the next step': async ({ page, workspace }) => {
    workspace.setSettings({ 'distilbertStudio.classifier': 'no-such-model' });
    await openText(page);
    await runCommand(page, 'DistilBERT: Classify Selection');
    const folder = path.join(workspace.folder, 'no-such-model');
    await notificationWith(page, folder);
    await page.screenshot({ path: path.join(OUTPUT, 'wrongClassifier.png') });
    await runCommand(page, 'Notifications: Clear All Notifications');
    workspace.setSettings({});
  },

  'Classify Selection shows label and score behind the line, and all probabilities in the hover': async ({
    page,
    workspace,
  }) => {
    workspace.setSettings({ 'distilbertStudio.classifier': 'classifier' });
    await openText(page);
    await runCommand(page, 'DistilBERT: Classify Selection');
    const line = page.locator('.view-line', { hasText: '日本代表' });
    const label = () =>
      line.evaluate((element) =>
        [...element.querySelectorAll('span')].map((span) => getComputedStyle(span, '::after').content).join(''),
      );
    await until(async () => (await label()).includes('IT 88.1%'));
    await line.hover({ position: { x: 40, y: 8 } });
    const hover = page.locator('.monaco-hover-content', { hasText: 'スポーツ' });
    await hover.waitFor();
    assert.match(await hover.innerText(), /IT\s+88\.1%\s+スポーツ\s+11\.9%/);
    await page.screenshot({ path: path.join(OUTPUT, 'classified.png') });
    await page.keyboard.press('Escape');
    await runCommand(page, 'DistilBERT: Clear Classification Results');
    await until(async () => !(await label()).includes('IT'));
    workspace.setSettings({});
  },

  'a distillation started from the palette appears in the dashboard and finishes': async ({ page }) => {
    await runCommand(page, 'DistilBERT: Start Distillation');
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'wiki.distill.json' }).first().click();
    const frame = await webviewFrame(page, GRID_ROW);
    const row = frame.locator(GRID_ROW, { hasText: /wiki-\d{8}-\d{6}/ });
    await row.filter({ hasText: 'Distillation · finished' }).waitFor({ timeout: 30_000 });
    await page.screenshot({ path: path.join(OUTPUT, 'distilled.png') });
  },

  'nothing broke the content security policy, and no script failed': async ({ console }) => {
    const ours = (text) => /Content Security Policy|Refused to|Uncaught/.test(text);
    assert.deepEqual(console.filter(ours), []);
  },
};

/** Switches the theme, keeps a picture, and measures the contrast of every text of the dashboard. */
function readableIn(name, theme, kind) {
  return async ({ page, workspace }) => {
    workspace.setSettings({ 'workbench.colorTheme': theme });
    const frame = await webviewFrame(page, `body[data-vscode-theme-kind=${kind}] ${GRID_ROW}`);
    await page.mouse.move(900, 500);
    await page.waitForTimeout(500);
    await page.screenshot({ path: path.join(OUTPUT, `dashboard-${name}.png`) });
    const contrasts = await frame.evaluate(measureContrasts);
    assert.ok(contrasts.length >= 10, `${contrasts.length} texts`);
    for (const { text, contrast } of contrasts) {
      assert.ok(contrast >= LEAST_CONTRAST, `"${text}" has a contrast of ${contrast.toFixed(2)}`);
    }
  };
}

/** Runs in the webview: each visible text with its contrast (WCAG 2.1) against the background behind it. */
function measureContrasts() {
  const channels = (color) => (color.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (color) => {
    const [red, green, blue] = channels(color).map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  // The side bar paints behind the webview's own transparent body.
  const background = getComputedStyle(document.documentElement).getPropertyValue('--vscode-sideBar-background');
  const probe = document.body.appendChild(document.createElement('i'));
  probe.style.color = background;
  const behind = luminance(getComputedStyle(probe).color);
  probe.remove();
  return [...document.querySelectorAll('vscode-data-grid-cell, vscode-data-grid-cell *')]
    .filter(
      (element) => element.offsetParent && [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE),
    )
    .map((element) => {
      const front = luminance(getComputedStyle(element).color);
      const [high, low] = front > behind ? [front, behind] : [behind, front];
      return { text: element.textContent, contrast: (high + 0.05) / (low + 0.05) };
    });
}

/** The notification with this text; the smoke-test driver keeps notifications from popping up, so their list is opened. */
async function notificationWith(page, text) {
  await page.locator('.statusbar-item[id="status.notifications"] .codicon-bell-dot').waitFor();
  await runCommand(page, 'Notifications: Show Notifications');
  const notification = page.locator('.notifications-center .notification-list-item', { hasText: text });
  await notification.waitFor();
  return notification;
}

/** Waits until `holds`. */
async function until(holds) {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await holds()) return;
    await sleep(100);
  }
  throw new Error(`It never came to hold: ${holds}`);
}

/** Opens the Japanese text in the editor. */
async function openText(page) {
  await page.keyboard.press('Control+p');
  await page.locator('.quick-input-widget input[type=text]').fill('news.txt');
  await page.locator('.quick-input-list .monaco-list-row', { hasText: 'news.txt' }).first().click();
  await page.locator('.view-line', { hasText: '日本代表' }).click();
}
