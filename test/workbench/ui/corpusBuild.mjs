/** Build Corpus: the questions, the build with its progress, cancelling and going on, and the way from a corpus to a distillation. */

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { EXTENSION, OUTPUT } from '../paths.mjs';
import { makeWorkspace } from '../workspace.mjs';
import { figures, statistics } from './corpusGestures.mjs';
import { chooseInMenu, runCommand, until } from './gestures.mjs';

/** A build on a machine that does other things as well. */
const SLOW_MS = 120_000;

const entries = (page) => page.locator('.quick-input-list .monaco-list-row');
const entry = (page, text) => entries(page).filter({ hasText: text }).first();
const choose = (page, text) => entry(page, text).click();
const box = (page) => page.locator('.quick-input-widget input[type=text]');

/** See ui.mjs. */
export const CORPUS_BUILD = {
  name: 'corpus-build',
  inOrder: true,
  makeWorkspace() {
    const workspace = makeWorkspace();
    const wiki = gunzipSync(readFileSync(path.join(EXTENSION, 'media', 'sample', 'wiki', 'wiki.txt.gz'))).toString();
    const outside = mkdtempSync(path.join(os.tmpdir(), 'outside-'));
    const write = (name, text) => writeFileSync(path.join(workspace.folder, name), text);
    write('texts.txt', documents());
    write('wiki.txt', wiki.slice(0, 200_000));
    // Long enough to be cancelled.
    write('large.txt', wiki.repeat(Math.ceil(80e6 / Buffer.byteLength(wiki))));
    writeFileSync(path.join(outside, 'elsewhere.txt'), documents());
    return {
      ...workspace,
      outside,
      manifest: (name) => JSON.parse(readFileSync(path.join(workspace.folder, 'corpora', name, 'corpus.json'), 'utf8')),
      remove() {
        rmSync(outside, { recursive: true, force: true });
        workspace.remove();
      },
    };
  },
  tests: {
    'it asks, goes back, builds with the tokenizer of a model, and tells the figures': async ({ page, workspace }) => {
      await runCommand(page, 'DistilBERT: Build Corpus');
      await choose(page, 'texts.txt');
      await entry(page, 'teacher').waitFor();
      await page.locator('.quick-input-titlebar .codicon-quick-input-back').click();
      // The answer of before is marked.
      await entry(page, 'texts.txt').and(page.locator('.focused')).waitFor();
      await page.keyboard.press('Enter');
      await choose(page, 'teacher');
      await entry(page, 'Packed sentences').waitFor();
      await page.screenshot({ path: path.join(OUTPUT, 'corpusQuestion.png') });
      await choose(page, 'Packed sentences');
      await choose(page, '128');
      await choose(page, 'corpora/texts');
      const notice = await built(page, 'corpora/texts is built');
      const { sequences, tokens, report, settings, maxSeqLength } = workspace.manifest('texts');
      assert.equal(report.documents.kept, 40);
      assert.deepEqual([settings.sequences, maxSeqLength], ['packed', 128]);
      const words = await notice.innerText();
      assert.match(words, new RegExp(`40 documents, ${sequences.toLocaleString('en')} sequences, .* tokens`));
      await notice.getByRole('button', { name: 'Show Statistics' }).click();
      const frame = await statistics(page);
      assert.equal(await frame.locator('h1').innerText(), 'texts');
      const shown = await figures(frame);
      assert.equal(shown.Tokens, tokens.toLocaleString('en'));
      assert.equal(shown.Sequences, sequences.toLocaleString('en'));
      await page.screenshot({ path: path.join(OUTPUT, 'corpusBuilt.png') });
    },

    'the statistics lead to a distillation with this corpus, at a cost told first': async ({ page, workspace }) => {
      const frame = await statistics(page);
      await frame.getByRole('button', { name: 'Start Distillation' }).click();
      await choose(page, 'teacher');
      await choose(page, 'Quick look');
      const dialog = page.locator('.monaco-dialog-box');
      await dialog.locator('.dialog-message-row').waitFor({ timeout: SLOW_MS });
      const { sequences } = workspace.manifest('texts');
      assert.match(await dialog.innerText(), new RegExp(`Data: ${sequences} sequences`));
      await dialog.getByRole('button', { name: 'Cancel', exact: true }).click();
      const file = path.join(workspace.folder, 'corpora', 'texts.distill.json');
      const { teacher, corpus, maxSeqLength, corpusSettings } = JSON.parse(readFileSync(file, 'utf8'));
      assert.deepEqual([teacher, corpus, maxSeqLength, corpusSettings], ['../teacher', ['texts'], 128, undefined]);
    },

    'Start Distillation and Start Pre-Training offer corpora before texts': async ({ page }) => {
      await runCommand(page, 'DistilBERT: Start Distillation');
      await choose(page, 'New configuration…');
      await choose(page, 'teacher');
      await entry(page, 'corpora/texts').waitFor();
      const labels = await entries(page).allInnerTexts();
      const at = (text) => labels.findIndex((label) => label.includes(text));
      assert.ok(at('corpora/texts') < at('news.txt'), labels.join(' | '));
      await page.keyboard.press('Escape');
      await runCommand(page, 'DistilBERT: Start Pre-Training');
      await choose(page, 'corpora/texts');
      await entry(page, 'The vocabulary that the corpus was built with').waitFor();
      await page.keyboard.press('Escape');
    },

    'the explorer builds from a file, with any length': async ({ page, workspace }) => {
      await runCommand(page, 'View: Show Explorer');
      const file = page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'wiki.txt' });
      await chooseInMenu(page, file, 'Build Corpus');
      await choose(page, 'The vocabulary of bert-base-japanese');
      await choose(page, 'published recipe');
      await choose(page, 'Another length…');
      await page.locator('.quick-input-message', { hasText: '[CLS] and [SEP] counted' }).waitFor();
      await box(page).fill('5');
      await page.locator('.quick-input-message', { hasText: 'A whole number from 12 to' }).waitFor();
      await box(page).fill('64');
      await page.keyboard.press('Enter');
      await choose(page, 'corpora/wiki');
      await built(page, 'corpora/wiki is built');
      const { settings, maxSeqLength, tokenizer } = workspace.manifest('wiki');
      assert.deepEqual([settings.sequences, maxSeqLength, tokenizer.vocabularySize], ['lines', 64, 32_000]);
    },

    'a corpus that is there is never written over': async ({ page }) => {
      await runCommand(page, 'DistilBERT: Build Corpus');
      await choose(page, 'wiki.txt');
      await choose(page, 'teacher');
      await choose(page, 'published recipe');
      await choose(page, '256');
      await entry(page, 'corpora/wiki-2').waitFor();
      const labels = await entries(page).allInnerTexts();
      assert.equal(labels.filter((label) => label.includes('corpora/wiki')).length, 1);
      await page.keyboard.press('Escape');
    },

    'files elsewhere are asked for first': async ({ page, workspace }) => {
      await runCommand(page, 'DistilBERT: Build Corpus');
      await choose(page, 'Choose files…');
      const accept = page.locator('.quick-input-widget').getByRole('button', { name: 'OK' });
      await accept.waitFor();
      // The dialog lists a folder called teacher too. While it opens it puts its own path over what was typed, and takes no OK.
      const file = path.join(workspace.outside, 'elsewhere.txt');
      const next = page.locator('.quick-input-title', { hasText: 'Build Corpus (2/5)' });
      await until(async () => {
        if (await next.isVisible()) return true;
        if ((await box(page).inputValue()) !== file) await box(page).fill(file);
        else await accept.click({ timeout: 1000 }).catch(() => {});
        return false;
      }, SLOW_MS);
      await choose(page, 'teacher');
      await choose(page, 'Packed sentences');
      await choose(page, '128');
      await choose(page, 'corpora/elsewhere');
      const dialog = page.locator('.monaco-dialog-box');
      await dialog.waitFor();
      assert.match(await dialog.innerText(), /files outside of the workspace.*elsewhere\.txt/s);
      await dialog.getByRole('button', { name: 'Cancel', exact: true }).click();
      assert.equal(existsSync(path.join(workspace.folder, 'corpora', 'elsewhere')), false);
    },

    'a build tells how far it is, stops, and goes on': async ({ page, workspace }) => {
      const folder = path.join(workspace.folder, 'corpora', 'large');
      await runCommand(page, 'DistilBERT: Build Corpus');
      await choose(page, 'large.txt');
      await choose(page, 'The vocabulary of bert-base-japanese');
      await choose(page, 'Single sentences');
      await choose(page, '128');
      await choose(page, 'corpora/large');
      await runCommand(page, 'Notifications: Show Notifications');
      const notice = page.locator('.notifications-center .notification-list-item', {
        hasText: 'Building corpora/large',
      });
      await notice.waitFor();
      await until(async () => /\d+%.*MB\/s.*documents.*tokens\/s/.test(await notice.innerText()), SLOW_MS);
      await page.screenshot({ path: path.join(OUTPUT, 'corpusBuilding.png') });
      await notice.getByRole('button', { name: 'Cancel' }).click();
      const stopped = await built(page, 'The build of corpora/large was stopped');
      assert.equal(existsSync(path.join(folder, 'corpus.json')), false);
      assert.ok(existsSync(path.join(folder, 'building.json')));
      await stopped.getByRole('button', { name: 'Go On' }).click();
      await until(() => existsSync(path.join(folder, 'corpus.json')), 3 * SLOW_MS);
      await built(page, 'corpora/large is built');
      assert.equal(existsSync(path.join(folder, 'building.json')), false);
    },
  },
};

/** The notice with these words, once it is there. The list closes by itself with the last notice in it, such as a job's progress. */
async function built(page, words) {
  const notice = page.locator('.notifications-center .notification-list-item', { hasText: words }).first();
  await until(async () => {
    if (await notice.isVisible()) return true;
    const isOpen = await page.locator('.notifications-center .notification-list-item').first().isVisible();
    if (!isOpen && (await page.locator('.codicon-bell-dot').isVisible()))
      await runCommand(page, 'Notifications: Show Notifications');
    return false;
  }, SLOW_MS);
  return notice;
}

/** Forty documents of sentences that the tiny teacher's vocabulary covers. */
function documents() {
  const sentences = [
    '新しいスマートフォンが今日発売された。',
    '日本代表が決勝に進んだ。',
    '今日は日本で新しい決勝が発売に進んだ。',
  ];
  return Array.from({ length: 40 }, (_, at) => [at, at + 1, at * 2].map((one) => sentences[one % 3]).join('\n')).join(
    '\n\n',
  );
}
