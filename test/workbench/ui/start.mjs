/** Starting a training: the questions of a new one, what it will cost, leave for files elsewhere, a fault shown at its line. */

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { OUTPUT } from '../paths.mjs';
import { notificationWith, runCommand, until } from './gestures.mjs';

/** See ui.mjs. */
export const START = {
  name: 'start',
  tests: {
    'a new distillation asks, goes back, writes its config and tells the cost': async ({ page, workspace }) => {
      await runCommand(page, 'DistilBERT: Start Distillation');
      await choose(page, 'New configuration…');
      await choose(page, 'teacher');
      await entry(page, 'news.txt').waitFor();
      await page.locator('.quick-input-titlebar .codicon-quick-input-back').click();
      await choose(page, 'teacher');
      await choose(page, 'news.txt');
      await entry(page, 'Published recipe').waitFor();
      await page.screenshot({ path: path.join(OUTPUT, 'newDistillation.png') });
      await choose(page, 'Quick look');
      const cost = await dialog(page).innerText();
      for (const fact of [
        /Weights: .* of the teacher/,
        /Data: 3 sequences/,
        /Time: about/,
        /Memory: .*B/,
        /Device: cpu/,
      ])
        assert.match(cost, fact);
      await page.screenshot({ path: path.join(OUTPUT, 'cost.png') });
      await press(page, 'Cancel');
      const { teacher, corpus, student } = JSON.parse(
        readFileSync(path.join(workspace.folder, 'news.distill.json'), 'utf8'),
      );
      assert.deepEqual([teacher, corpus, student], ['teacher', ['news.txt'], { layers: 1 }]);
      assert.deepEqual(newRuns(workspace), []);
    },

    'a config that reads files elsewhere says which, and stops there': async ({ page, workspace }) => {
      const config = write(workspace, 'elsewhere.distill.json', { teacher: 'teacher', corpus: ['/etc/hostname'] });
      await runCommand(page, 'DistilBERT: Start Distillation');
      await choose(page, 'elsewhere.distill.json');
      assert.match(await dialog(page).innerText(), /outside of the workspace.*\/etc\/hostname/s);
      await press(page, 'Cancel');
      assert.deepEqual(newRuns(workspace), []);
      rmSync(config);
    },

    'a fault in a config is told, and opens at its line': async ({ page, workspace }) => {
      const config = write(workspace, 'faulty.distill.json', { teacher: 'teacher', corpsu: ['news.txt'] });
      await runCommand(page, 'DistilBERT: Start Distillation');
      await choose(page, 'faulty.distill.json');
      const notification = await notificationWith(page, 'corpsu');
      await notification.getByRole('button', { name: 'Open Config' }).click();
      await page.locator('.statusbar-item', { hasText: 'Ln 3, Col 1' }).waitFor();
      await runCommand(page, 'Notifications: Clear All Notifications');
      rmSync(config);
    },

    "the sample's classifier can be trained in any workspace, at a cost told first": async ({ page, workspace }) => {
      await runCommand(page, 'DistilBERT: Train the Sample Classifier');
      await dialog(page).waitFor({ timeout: 90_000 });
      const cost = await dialog(page).innerText();
      assert.match(cost, /Start sample\.finetune\.json\?/);
      assert.match(cost, /Data: 630 sequences/);
      await press(page, 'Cancel');
      assert.deepEqual(newRuns(workspace), []);
    },

    'Start starts the run': async ({ page, workspace }) => {
      await runCommand(page, 'DistilBERT: Start Distillation');
      await choose(page, 'wiki.distill.json');
      await dialog(page).waitFor();
      await press(page, 'Start');
      await until(() => newRuns(workspace).length > 0);
      const [run] = newRuns(workspace);
      await until(() => existsSync(path.join(run, 'state.json')) && state(run).status === 'finished');
      assert.equal(state(run).objective, 'distill');
    },
  },
};

function entry(page, text) {
  return page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first();
}

async function choose(page, text) {
  await entry(page, text).click();
}

/** The cost is known after some timed steps. */
function dialog(page) {
  return page.locator('.monaco-dialog-box .dialog-message-row');
}

async function press(page, name) {
  await page.locator('.monaco-dialog-box').getByRole('button', { name, exact: true }).click();
}

function write(workspace, name, config) {
  const file = path.join(workspace.folder, name);
  writeFileSync(file, JSON.stringify(config, null, 2));
  return file;
}

/** Run folders that the workspace did not begin with. */
function newRuns({ folder }) {
  const runs = path.join(folder, 'runs');
  return readdirSync(runs).flatMap((name) => (/-\d{8}-\d{6}$/.test(name) ? [path.join(runs, name)] : []));
}

function state(run) {
  return JSON.parse(readFileSync(path.join(run, 'state.json'), 'utf8'));
}
