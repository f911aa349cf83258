/** Classifying the text in front of the user, and choosing the model for it. */

import assert from 'node:assert/strict';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { OUTPUT } from '../paths.mjs';
import { WORDS_COUNT, writeTinyClassifier } from '../tinyClassifier.mjs';
import { chooseInMenu, notificationWith, openFile, runCommand, until } from './gestures.mjs';

const SETTING = 'distilbertStudio.classifier';
/** More lines than the tiny classifier answers before Cancel is pressed. */
const MANY_LINES = 200_000;
/** The editor takes seconds to draw the labels of those that were answered. */
const MANY_MS = 60_000;

/** Explaining starts a process of its own, which loads the engine. */
const EXPLAIN_MS = 60_000;

/** See ui.mjs. */
export const CLASSIFICATION = {
  name: 'classification',
  tests: {
    'the context menu of a selection has Classify Selection, which offers a classifier when none is set': async ({
      page,
    }) => {
      await openText(page);
      await page.keyboard.press('Control+a');
      await chooseInMenu(page, line(page, '新しい'), 'Classify Selection', { x: 60, y: 8 });
      const notification = await notificationWith(page, 'No classifier is selected yet.');
      await notification.getByRole('button', { name: 'Train the Sample Classifier' }).waitFor();
      await page.screenshot({ path: path.join(OUTPUT, 'noClassifier.png') });
      await notification.getByRole('button', { name: 'Select Classifier' }).click();
      await page.locator('.quick-input-list .monaco-list-row', { hasText: 'classifier' }).first().click();
      // The classification goes on by itself.
      await until(async () => (await labelOf(page, '日本代表')).includes('IT 88.1%'));
    },

    'the hover has all probabilities, and the active classifier stands in the status bar': async ({ page }) => {
      const hover = page.locator('.monaco-hover-content', { hasText: 'スポーツ' });
      // The editor shows no hovers after a context menu until it is clicked again.
      await line(page, '日本代表').click();
      await line(page, '日本代表').hover({ position: { x: 40, y: 8 } });
      await hover.waitFor();
      assert.match(await hover.innerText(), /IT\s+88\.1%\s+█{9}░\s+スポーツ\s+11\.9%\s+█░{9}/);
      await page.screenshot({ path: path.join(OUTPUT, 'classified.png') });
      await activeClassifier(page, 'classifier');
    },

    'a line that is edited loses its label, and the others keep theirs': async ({ page }) => {
      await line(page, '日本代表').click();
      await page.keyboard.press('End');
      await page.keyboard.type('!');
      await until(async () => !(await labelOf(page, '日本代表')).includes('IT'));
      assert.match(await labelOf(page, '新しいスマート'), /IT/);
      // A new line begun behind a label must not take it along.
      await line(page, '新しいスマート').click();
      await page.keyboard.press('End');
      await page.keyboard.press('Enter');
      await page.waitForTimeout(300);
      assert.match(await labelOf(page, '新しいスマート'), /IT/);
      for (let undone = 0; undone < 2; undone++) await page.keyboard.press('Control+z');
      await until(async () => !(await labelOf(page, '日本代表')).includes('!'));
    },

    'a row of the results goes to its line, and Clear takes all of it away': async ({ page }) => {
      const rows = await rowsOf(page, 'Classification Results');
      await rows.filter({ hasText: '今日は日本で' }).click();
      await page.locator('.statusbar-item', { hasText: 'Ln 3, Col' }).waitFor();
      await page.screenshot({ path: path.join(OUTPUT, 'results.png') });
      await runCommand(page, 'DistilBERT: Clear Classification Results');
      await until(async () => !(await labelOf(page, '新しいスマート')).includes('IT'));
      await pane(page, 'Classification Results').waitFor({ state: 'detached' });
    },

    'the context menu explains what is selected: heat over the text, words in the hover and in the results': async ({
      page,
      workspace,
    }) => {
      const reading = path.join(workspace.folder, 'reading');
      writeTinyClassifier(reading, WORDS_COUNT);
      await setClassifier(page, workspace, 'reading');
      await openText(page);
      await page.keyboard.press('Control+a');
      await chooseInMenu(page, line(page, '新しい'), 'Explain Classification', { x: 60, y: 8 });
      await until(async () => (await labelOf(page, '日本代表')).includes('スポーツ'), EXPLAIN_MS);
      // Words have boxes of their own below the text.
      await until(async () => (await heat(page)).some(({ style }) => style === 'solid'));
      await page.screenshot({ path: path.join(OUTPUT, 'explained.png') });

      const hover = page.locator('.monaco-hover-content', { hasText: 'Adds to' });
      await line(page, '日本代表').click();
      await line(page, '日本代表').hover({ position: { x: 40, y: 8 } });
      await hover.waitFor();
      assert.match(
        await hover.innerText(),
        /日本代表が決勝に進んだ。\s+Word\s+Adds to スポーツ \(log-odds\)\s+代表\s+\+\d\.\d\d\s+█{8}/,
      );
      const fill = await hover
        .locator('span[style*="background-color"]', { hasText: '代表' })
        .evaluate((element) => getComputedStyle(element).backgroundColor);
      assert.match(fill, /^rgba\(/);
      await page.screenshot({ path: path.join(OUTPUT, 'explainedHover.png') });
      await page.keyboard.press('Escape');

      const rows = await rowsOf(page, 'Classification Results');
      await rows.filter({ hasText: '日本代表' }).locator('.monaco-tl-twistie').click();
      const word = rows.filter({ hasText: /^\+\d\.\d\d\s+代表/ });
      await word.waitFor();
      assert.match(await word.getAttribute('aria-label'), /代表 adds \+\d\.\d\d to the log-odds of スポーツ/);
      await word.click();
      await page.locator('.statusbar-item', { hasText: '(2 selected)' }).waitFor();
      await page.screenshot({ path: path.join(OUTPUT, 'explainedResults.png') });
    },

    'heat is a fill in light and dark themes, and a line alone in high contrast': async ({ page, workspace }) => {
      for (const [theme, isClear] of [
        ['Default Light Modern', false],
        ['Default High Contrast', true],
        ['Default High Contrast Light', true],
      ]) {
        workspace.setSettings({ [SETTING]: 'reading', 'workbench.colorTheme': theme });
        await until(async () => {
          const boxes = await heat(page);
          return boxes.length > 0 && boxes.every(({ fill }) => (fill === 'rgba(0, 0, 0, 0)') === isClear);
        });
        const boxes = await heat(page);
        assert.ok(boxes.every(({ style, width }) => style === 'solid' && width === '3px'));
        await page.screenshot({ path: path.join(OUTPUT, `explained-${theme.replaceAll(' ', '')}.png`) });
      }
      workspace.setSettings({ [SETTING]: 'reading' });
      await runCommand(page, 'DistilBERT: Clear Classification Results');
      await until(async () => (await heat(page)).length === 0);
      workspace.setSettings({});
      rmSync(path.join(workspace.folder, 'reading'), { recursive: true });
    },

    'an answer below the threshold is shown as unsure': async ({ page, workspace }) => {
      await setClassifier(page, workspace, 'classifier', { 'distilbertStudio.threshold': 0.9 });
      await openText(page);
      await runCommand(page, 'DistilBERT: Classify Selection');
      await until(async () => (await labelOf(page, '日本代表')).includes('unsure 88.1%'));
      workspace.setSettings({ [SETTING]: 'classifier' });
      await until(async () => (await labelOf(page, '日本代表')).includes('IT 88.1%'));
      await runCommand(page, 'DistilBERT: Clear Classification Results');
      workspace.setSettings({});
    },

    'the models of the workspace are listed, the active one marked': async ({ page, workspace }) => {
      workspace.setSettings({ [SETTING]: 'classifier' });
      const rows = await rowsOf(page, 'Models');
      await rows.filter({ hasText: /^teacher\s*2×16/ }).waitFor();
      await rows.filter({ hasText: /^classifier\s*active · 1×8/ }).waitFor();
      workspace.setSettings({});
      await rows.filter({ hasText: /^classifier\s*1×8/ }).waitFor();
    },

    'a long selection tells how far it is, and Cancel keeps what is done': async ({ page, workspace }) => {
      await setClassifier(page, workspace, 'classifier');
      const text = Array.from({ length: MANY_LINES }, (_, index) => `日本${index}`).join('\n');
      writeFileSync(path.join(workspace.folder, 'many.txt'), text);
      await openFile(page, 'many.txt', '日本0');
      await page.keyboard.press('Control+a');
      await runCommand(page, 'DistilBERT: Classify Selection');
      await runCommand(page, 'Notifications: Show Notifications');
      const notification = page.locator('.notifications-center .notification-list-item', { hasText: 'texts/s' });
      await notification.waitFor();
      await page.screenshot({ path: path.join(OUTPUT, 'classifying.png') });
      await notification.getByRole('button', { name: 'Cancel' }).click();
      await until(async () => (await labelOf(page, '日本0')).includes('IT'), MANY_MS);
      await page.keyboard.press('Control+End');
      assert.doesNotMatch(await labelOf(page, `日本${MANY_LINES - 1}`), /IT/);
      await runCommand(page, 'DistilBERT: Clear Classification Results');
      workspace.setSettings({});
    },

    'Cancel while the model loads ends its process, and the next time loads it anew': async ({ page, workspace }) => {
      const slow = path.join(workspace.folder, 'slow');
      cpSync(path.join(workspace.folder, 'classifier'), slow, { recursive: true });
      await setClassifier(page, workspace, 'slow');
      await openText(page);
      const halted = haltClassifier(slow);
      await runCommand(page, 'DistilBERT: Classify Selection');
      const pid = await halted;
      await runCommand(page, 'Notifications: Show Notifications');
      const notification = page.locator('.notifications-center .notification-list-item', {
        hasText: 'Loading slow…',
      });
      await notification.getByRole('button', { name: 'Cancel' }).click();
      await until(() => !existsSync(`/proc/${pid}`));
      assert.doesNotMatch(await labelOf(page, '日本代表'), /IT/);
      await openText(page);
      await runCommand(page, 'DistilBERT: Classify Selection');
      await until(async () => (await labelOf(page, '日本代表')).includes('IT'));
      await runCommand(page, 'DistilBERT: Clear Classification Results');
      workspace.setSettings({});
      rmSync(slow, { recursive: true });
    },

    'a classifier that is not there is named, with the next step': async ({ page, workspace }) => {
      await setClassifier(page, workspace, 'no-such-model');
      await openText(page);
      await runCommand(page, 'DistilBERT: Classify Selection');
      await notificationWith(page, path.join(workspace.folder, 'no-such-model'));
      await page.screenshot({ path: path.join(OUTPUT, 'wrongClassifier.png') });
      await runCommand(page, 'Notifications: Clear All Notifications');
      workspace.setSettings({});
    },

    'a classifier outside the workspace that its settings name is asked about first': async ({ page, workspace }) => {
      workspace.setSettings({ [SETTING]: '/' });
      await openText(page);
      await runCommand(page, 'DistilBERT: Classify Selection');
      const dialog = page.locator('.monaco-dialog-box', { hasText: 'outside the workspace' });
      await dialog.waitFor();
      await page.screenshot({ path: path.join(OUTPUT, 'outsideClassifier.png') });
      await dialog.getByRole('button', { name: 'Cancel' }).click();
      await dialog.waitFor({ state: 'detached' });
      workspace.setSettings({});
    },
  },
};

function line(page, text) {
  return page.locator('.view-line', { hasText: text }).first();
}

/** Halts the process of this classifier as soon as it is started, so that it loads for ever; resolves with its process id. */
async function haltClassifier(folder) {
  for (const end = Date.now() + 20_000; Date.now() < end; await sleep(5)) {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      // A process may end while we look.
      const command = (() => {
        try {
          return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        } catch {
          return '';
        }
      })();
      if (!command.includes(`\0classify\0--model\0${folder}`)) continue;
      process.kill(Number(pid), 'SIGSTOP');
      return pid;
    }
  }
  throw new Error('No classifier was started.');
}

/** What stands behind the line with this text. */
function labelOf(page, text) {
  return line(page, text).evaluate((element) =>
    [...element.querySelectorAll('span')].map((span) => getComputedStyle(span, '::after').content).join(''),
  );
}

/** The boxes that our heat draws: those with a line below and none elsewhere. */
function heat(page) {
  return page.locator('.monaco-editor .view-overlays .cdr').evaluateAll((boxes) =>
    boxes
      .map((box) => getComputedStyle(box))
      .filter(({ borderBottomWidth, borderTopWidth }) => borderBottomWidth !== '0px' && borderTopWidth === '0px')
      .map(({ backgroundColor, borderBottomStyle, borderBottomWidth }) => ({
        fill: backgroundColor,
        style: borderBottomStyle,
        width: borderBottomWidth,
      })),
  );
}

/** A view of the side bar. */
function pane(page, title) {
  return page.locator('.sidebar .pane', { has: page.locator('.pane-header', { hasText: title }) });
}

/** The rows of a view of ours, which is opened where it is not. */
async function rowsOf(page, title) {
  const view = pane(page, title);
  // A click on the icon of what is open would close it.
  if (!(await view.isVisible())) await page.locator('.activitybar a[aria-label="DistilBERT"]').click();
  return view.locator('.monaco-list-row');
}

/** Sets the classifier and waits until the status bar names it: settings that are written are read a moment later. */
async function setClassifier(page, workspace, name, others = {}) {
  workspace.setSettings({ [SETTING]: name, ...others });
  await activeClassifier(page, name);
}

function activeClassifier(page, name) {
  return page.locator('.statusbar-item[id$="distilbertStudio.activeClassifier"]', { hasText: name }).waitFor();
}

async function openText(page) {
  await openFile(page, 'news.txt', '日本代表');
}
