/** Export Model: the questions of an export for ONNX, what is asked only where answers change, and the figures at the end. */

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { OUTPUT } from '../paths.mjs';
import { LABELS } from '../tinyClassifier.mjs';
import { makeWorkspace } from '../workspace.mjs';
import { notificationWith, runCommand, until } from './gestures.mjs';

const SLOW_MS = 120_000;

const entry = (page, text) => page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first();
const choose = (page, text) => entry(page, text).click();

/** See ui.mjs. */
export const EXPORT = {
  name: 'export',
  makeWorkspace() {
    const workspace = makeWorkspace();
    const rows = Array.from({ length: 12 }, (_, i) => `日本代表が決勝に進んだ。\t${LABELS[i % LABELS.length]}`);
    writeFileSync(path.join(workspace.folder, 'dev.tsv'), `${rows.join('\n')}\n`);
    const target = mkdtempSync(path.join(os.tmpdir(), 'exported-'));
    return {
      ...workspace,
      target,
      remove() {
        rmSync(target, { recursive: true, force: true });
        workspace.remove();
      },
    };
  },
  tests: {
    '8 bits are measured on a table of the workspace; the figures stand in the notification': async ({
      page,
      workspace,
    }) => {
      await runCommand(page, 'DistilBERT: Export Model');
      await choose(page, 'classifier');
      await choose(page, 'ONNX, 8 bits');
      const measure = page.locator('.quick-input-title', { hasText: 'Exporting classifier (2/2)' });
      await measure.waitFor();
      await entry(page, 'dev.tsv').waitFor();
      await page.screenshot({ path: path.join(OUTPUT, 'exportMeasure.png') });
      await page.locator('.quick-input-titlebar .codicon-quick-input-back').click();
      await entry(page, 'ONNX, 8 bits').and(page.locator('.focused')).waitFor();
      await page.screenshot({ path: path.join(OUTPUT, 'exportQuestion.png') });
      await page.keyboard.press('Enter');
      await choose(page, 'dev.tsv');
      await page.locator('.quick-input-title', { hasText: 'Folder to export classifier into' }).waitFor();
      const box = page.locator('.quick-input-widget input[type=text]');
      const accept = page.locator('.quick-input-widget').getByRole('button', { name: 'Export' });
      await until(async () => {
        if (!(await accept.isVisible())) return true;
        if ((await box.inputValue()) !== `${workspace.target}/`) await box.fill(`${workspace.target}/`);
        else await accept.click({ timeout: 1000 }).catch(() => {});
        return false;
      }, SLOW_MS);
      const out = path.join(workspace.target, 'classifier-onnx');
      await until(() => existsSync(out), SLOW_MS);
      assert.deepEqual(readdirSync(path.join(out, 'onnx')), ['model_quantized.onnx']);
      const notice = await notificationWith(page, 'ms a sentence');
      assert.match(await notice.innerText(), /int8: [\d.]+ kB, [\d.]+ ms a sentence, answers as fp32 in 100%/);
      await page.screenshot({ path: path.join(OUTPUT, 'exported.png') });
    },
  },
};
