/** The statistics of a corpus: an editor that follows the file, can be read and operated, and is found where corpora are. */

import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { madeUpManifest } from '../../dashboard/madeUpCorpus.mjs';
import { OUTPUT } from '../paths.mjs';
import { makeWorkspace } from '../workspace.mjs';
import { isReadable } from './contrast.mjs';
import { figures, statistics } from './corpusGestures.mjs';
import { openFile, quickOpen, runCommand, until, webviewFrame } from './gestures.mjs';
import { THEMES } from './themes.mjs';

const row = (page, name) => page.locator('.pane', { hasText: 'Models' }).locator('.monaco-list-row', { hasText: name });
const entry = (page, text) => page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first();
const choose = (page, text) => entry(page, text).click();
/** See ui.mjs. They are those of a corpus that is known to the number. */
export const CORPUS = {
  name: 'corpus',
  makeWorkspace() {
    const workspace = makeWorkspace();
    const writeManifest = (name, manifest) => {
      const folder = path.join(workspace.folder, 'corpora', name);
      mkdirSync(folder, { recursive: true });
      writeFileSync(path.join(folder, 'new'), typeof manifest === 'string' ? manifest : JSON.stringify(manifest));
      renameSync(path.join(folder, 'new'), path.join(folder, 'corpus.json'));
    };
    writeManifest('jawiki', madeUpManifest());
    return { ...workspace, writeManifest };
  },
  tests: {
    'the Models view lists the corpus, and a click shows its statistics': async ({ page }) => {
      await page.locator('.activitybar a[aria-label="DistilBERT"]').click();
      await row(page, 'jawiki').first().waitFor();
      const text = (await row(page, 'jawiki').first().innerText()).replaceAll('\n', ' ');
      assert.match(text, /821K tokens · 7,197 sequences of at most 128/);
      const frame = await openByClick(page, 'jawiki');
      assert.equal(await frame.locator('h1').innerText(), 'jawiki');
      assert.deepEqual(await figures(frame), {
        Documents: '256',
        Sentences: '29,877',
        Text: '4 MB',
        Sequences: '7,197',
        Tokens: '821,377',
        'Unknown tokens': '0.17%',
        'Tokens in a sequence': '114.1 on average, at most 128',
      });
      await page.screenshot({ path: path.join(OUTPUT, 'corpus.png') });
    },

    'it says what was dropped and why, and where the input is damaged': async ({ page }) => {
      const frame = await statistics(page);
      const kept = await frame.locator('.counts').first().innerText();
      for (const line of [
        /Documents: 320 read/,
        /kept\t256\t80\.0%/,
        /redirect\t44\t13\.8%/,
        /shorter than 16 characters\t1,301\t4\.2%/,
        /the same as one before\t21\t0\.29%/,
      ])
        assert.match(kept, line);
      assert.match(
        await frame.locator('.faults').innerText(),
        /articles2\.xml\.bz2 at byte 556,717: The file breaks off/,
      );
      await frame.locator('summary', { hasText: 'How it was made' }).click();
      assert.match(
        await frame.locator('.settings').innerText(),
        /Tokenizer \(SHA-256\)\s+5f1c0e0d[\s\S]*maxChars\s+1024/,
      );
    },

    'it follows the file, and keeps what was open and where one was': async ({ page, workspace }) => {
      const frame = await statistics(page);
      await frame.evaluate(() => window.scrollTo(0, 300));
      workspace.writeManifest('jawiki', madeUpManifest({ report: { textBytes: 9_100_000 } }));
      await until(async () => (await figures(frame)).Text === '9 MB');
      assert.equal(await frame.locator('[role=status]').innerText(), 'The corpus has changed.');
      await openFile(page, 'news.txt', 'スマートフォン');
      await runCommand(page, 'View: Close Editor');
      const again = await statistics(page);
      await until(async () => (await again.evaluate(() => window.scrollY)) === 300);
      assert.equal(await again.locator('details[data-panel=making]').evaluate(({ open }) => open), true);
    },

    'it is there again when the window is loaded anew': async ({ page }) => {
      await runCommand(page, 'Developer: Reload Window');
      const frame = await statistics(page);
      assert.equal((await figures(frame)).Text, '9 MB');
    },

    'every control has a name and is reached by Tab, and the chart tells what it shows': async ({ page }) => {
      const frame = await statistics(page);
      const chart = await frame.locator('svg[role=img]').getAttribute('aria-label');
      assert.match(chart, /7,197 sequences of 12 to 128 tokens, 114\.1 on average/);
      await frame.locator('summary', { hasText: 'Lengths as a table' }).click();
      const table = frame.locator('details[data-panel=lengthTable] tbody');
      const counted = await table.locator('td:nth-child(2)').allInnerTexts();
      assert.equal(
        counted.reduce((sum, text) => sum + Number(text.replaceAll(',', '')), 0),
        7197,
      );
      await frame.locator('body').evaluate((body) => {
        body.tabIndex = -1;
        body.focus();
      });
      const reached = new Set();
      for (let press = 0; press < 14; press++) {
        await page.keyboard.press('Tab');
        reached.add(
          await frame.evaluate(() => {
            const { activeElement } = document;
            return (activeElement?.getAttribute('aria-label') ?? activeElement?.textContent ?? '').trim();
          }),
        );
      }
      for (const name of [
        'Start Distillation',
        'Show in Explorer',
        'Open as Text',
        'Lengths as a table',
        'Most frequent pieces',
        'Input files (2)',
        'How it was made',
      ])
        assert.ok(reached.has(name), `${name} among ${[...reached].join(' | ')}`);
    },

    ...Object.fromEntries(
      THEMES.map(([name, theme, kind]) => [`it can be read in ${theme}`, readableIn(name, theme, kind)]),
    ),

    'a file that is no corpus.json says so, and opens as text': async ({ page, workspace }) => {
      workspace.writeManifest('foreign', '{ "name": "of another program" }');
      await runCommand(page, 'View: Close All Editors');
      await page.locator('.activitybar a[aria-label^="Explorer"]').click();
      await quickOpen(page, 'foreign/corpus.json', 'foreign');
      const frame = await webviewFrame(page, '.corpus .reason[role=alert]');
      assert.match(await frame.locator('.reason').innerText(), /corpus\.json does not describe a corpus: "version"/);
      await frame.getByRole('button', { name: 'Open as Text' }).click();
      await page.locator('.view-line', { hasText: 'of another program' }).waitFor();
      rmSync(path.join(workspace.folder, 'corpora', 'foreign'), { recursive: true });
      await runCommand(page, 'View: Close All Editors');
    },

    'Show Corpus Statistics offers the corpora of the workspace': async ({ page }) => {
      await runCommand(page, 'DistilBERT: Show Corpus Statistics');
      await choose(page, 'jawiki');
      assert.equal(await (await statistics(page)).locator('h1').innerText(), 'jawiki');
    },
  },
};

/** Clicks on the corpus in the view until its page is open: while the view still gets rows, they move away from under a click. */
async function openByClick(page, name) {
  for (let attempt = 1; attempt < 4; attempt++) {
    await row(page, name).first().click();
    const frame = await statistics(page, 15_000).catch(() => null);
    if (frame) return frame;
  }
  return statistics(page);
}

/** Switches the theme, keeps a picture, and measures the contrast of every text of the page. */
function readableIn(name, theme, kind) {
  return async ({ page, workspace }) => {
    workspace.setSettings({ 'workbench.colorTheme': theme });
    const frame = await webviewFrame(page, `body[data-vscode-theme-kind=${kind}] .corpus-header .figures`);
    await frame.evaluate(() => window.scrollTo(0, 0));
    await page.mouse.move(900, 790);
    await page.waitForTimeout(500);
    await page.screenshot({ path: path.join(OUTPUT, `corpus-${name}.png`) });
    await isReadable(frame);
  };
}
