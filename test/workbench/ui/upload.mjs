/** Uploading a model: where to, how visible, the token, and a yes before anything leaves the machine. */

import assert from 'node:assert/strict';
import path from 'node:path';
import { TOKEN } from '../hub.mjs';
import { OUTPUT } from '../paths.mjs';
import { notificationWith, runCommand, until } from './gestures.mjs';

const REPOSITORY = 'me/classifier';
const SLOW_MS = 30_000;

/** See ui.mjs. */
export const UPLOAD = {
  name: 'upload',
  inOrder: true,
  tests: {
    'the token is asked for until it is right, and nothing is sent before a yes': async ({ page, hub }) => {
      await askedWhereTo(page);
      for (const token of ['hf_wrong', TOKEN]) {
        const input = page.locator('.quick-input-widget input[type=password]');
        await input.waitFor({ timeout: SLOW_MS });
        await page
          .locator('.quick-input-message', { hasText: token === TOKEN ? 'does not know' : 'needs an' })
          .waitFor();
        await input.fill(token);
        await page.keyboard.press('Enter');
      }
      await dialog(page).waitFor({ timeout: SLOW_MS });
      const said = await dialog(page).innerText();
      const facts = [
        `private repository ${REPOSITORY}`,
        `${hub.url}/${REPOSITORY}`,
        'will be made',
        'Licence: unknown',
      ];
      for (const fact of [...facts, 'README.md', 'config.json', 'vocab.txt', 'model.safetensors', 'In all: '])
        assert.ok(said.includes(fact), `${fact}:\n${said}`);
      await page.screenshot({ path: path.join(OUTPUT, 'upload.png') });
      await press(page, 'Cancel');
      assert.deepEqual([...hub.models.keys()], []);
    },

    'the token is kept, and the model goes up': async ({ page, hub }) => {
      await askedWhereTo(page);
      await dialog(page).waitFor({ timeout: SLOW_MS });
      await press(page, 'Upload');
      await until(() => hub.models.get(REPOSITORY)?.revisions.get('main')?.has('model.safetensors'), SLOW_MS);
      assert.equal(hub.models.get(REPOSITORY).private, true);
      await notificationWith(page, `The model is on ${hub.url}/${REPOSITORY}`);
      await runCommand(page, 'Notifications: Clear All Notifications');
    },

    'a token that is forgotten is asked for again': async ({ page }) => {
      await runCommand(page, 'DistilBERT: Forget Hugging Face Token');
      await notificationWith(page, 'The Hugging Face token is forgotten');
      await runCommand(page, 'Notifications: Clear All Notifications');
      await askedWhereTo(page);
      await page.locator('.quick-input-widget input[type=password]').waitFor({ timeout: SLOW_MS });
      await page.keyboard.press('Escape');
    },
  },
};

/** Answers the questions before the token. */
async function askedWhereTo(page) {
  await runCommand(page, 'DistilBERT: Upload Model to Hugging Face');
  await entry(page, 'classifier').click();
  const input = page.locator('.quick-input-widget input[type=text]');
  await until(async () => (await input.inputValue()) === 'classifier');
  await input.fill(REPOSITORY);
  await page.keyboard.press('Enter');
  await entry(page, 'Private').click();
}

function entry(page, text) {
  return page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first();
}

function dialog(page) {
  return page.locator('.monaco-dialog-box .dialog-message-row');
}

async function press(page, name) {
  await page.locator('.monaco-dialog-box').getByRole('button', { name, exact: true }).click();
}
