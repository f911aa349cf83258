/**
 * `npm run screenshots`: makes the README's pictures in `media/screenshots` from the real thing: the installed extension trains on
 * the sample and classifies. Takes some minutes; `-- corpus` makes only the picture of a corpus's statistics, in seconds.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { install, whyNot } from './install.mjs';
import { makeVsix } from './packages.mjs';
import { EXTENSION, VSIX } from './paths.mjs';

const PICTURES = path.join(EXTENSION, 'media', 'screenshots');
/** They are in the repository. */
const LIMIT_BYTES = 200 * 1024;
const TRAINING_MS = 10 * 60_000;

const reason = whyNot();
if (reason) {
  console.error(`screenshots: not made, because ${reason}`);
  process.exit(1);
}
install();
makeVsix();

// These import what was just installed.
const { launchBrowser, newPage, openWorkbench } = await import('./browser.mjs');
const { SAME, startServer } = await import('./server.mjs');
const { changeJson, lastStep, showsStatus, startTraining } = await import('./ui/dashboardGestures.mjs');
const { labelBehind, openFile, runCommand, until, webviewFrame } = await import('./ui/gestures.mjs');
const { statistics } = await import('./ui/corpusGestures.mjs');

const IN_EDITOR = 'body[data-place=editor] .run-header .status';

mkdirSync(PICTURES, { recursive: true });
const folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'screenshots-')), 'sample');
const made = spawnSync(process.execPath, [path.join(EXTENSION, 'dist', 'cli.js'), 'sample', '--out', folder]);
if (made.status !== 0) throw new Error(String(made.stderr));
changeJson(path.join(folder, 'sample.distill.json'), { logSteps: 2, maxSteps: 160 });

const server = await startServer(VSIX, { settings: SAME, driver: true });
const browser = await launchBrowser();
try {
  const page = await newPage(browser);
  setTheme('Default Dark Modern');
  await openWorkbench(page, server, folder);
  await page.locator('.activitybar a[aria-label="DistilBERT"]').click({ timeout: 60_000 });
  await takeCorpus(page);
  if (process.argv[2] !== 'corpus') await takeOthers(page);
} finally {
  await browser.close();
  await server.stop();
  rmSync(path.dirname(folder), { recursive: true, force: true });
}

async function takeCorpus(page) {
  await runCommand(page, 'DistilBERT: Build Corpus');
  for (const answer of ['wiki.txt.gz', 'teacher', 'Packed sentences of a line', '128', 'corpora/wiki'])
    await page.locator('.quick-input-list .monaco-list-row', { hasText: answer }).first().click();
  await until(() => existsSync(path.join(folder, 'corpora', 'wiki', 'corpus.json')), TRAINING_MS);
  await runCommand(page, 'DistilBERT: Show Corpus Statistics');
  await page.locator('.quick-input-list .monaco-list-row', { hasText: 'corpora/wiki' }).first().click();
  await statistics(page);
  await picture(page, 'corpus');
  await runCommand(page, 'View: Close All Editors');
}

async function takeOthers(page) {
  await startTraining(page, 'Start Distillation', 'sample.distill.json', () => picture(page, 'cost'));
  await runCommand(page, 'DistilBERT: Open Dashboard in Editor');
  const frame = await webviewFrame(page, IN_EDITOR);
  await until(async () => (await lastStep(frame)) >= 120, TRAINING_MS);
  await picture(page, 'dashboard');
  await showsStatus(frame, 'finished', TRAINING_MS);

  await startTraining(page, 'Start Fine-Tuning', 'sample.finetune.json');
  await frame.locator('.run-header .objective', { hasText: 'Fine-tuning' }).waitFor({ timeout: TRAINING_MS });
  await showsStatus(frame, 'finished', TRAINING_MS);
  await frame.locator('.evaluation').evaluate((section) => section.scrollIntoView());
  await picture(page, 'evaluation');

  await runCommand(page, 'DistilBERT: Select Classifier');
  await page.locator('.quick-input-list .monaco-list-row', { hasText: 'final' }).first().click();
  await openFile(page, 'texts.txt', 'スマートフォン');
  await page.keyboard.press('Control+a');
  await runCommand(page, 'DistilBERT: Classify Selection');
  const line = page.locator('.view-line', { hasText: 'スマートフォン' }).first();
  await until(async () => (await labelBehind(line)).includes('%'), TRAINING_MS);
  await line.click();
  await picture(page, 'classified');
  await page.context().close();

  const japanese = await newPage(browser, 'ja');
  setTheme('Default Light Modern');
  await openWorkbench(japanese, server, folder);
  await japanese.locator('.activitybar a[aria-label="DistilBERT"]').click({ timeout: 60_000 });
  await runCommand(japanese, 'DistilBERT: ダッシュボードをエディターで開く');
  await webviewFrame(japanese, IN_EDITOR);
  await picture(japanese, 'japanese');
}

function setTheme(theme) {
  mkdirSync(path.join(folder, '.vscode'), { recursive: true });
  writeFileSync(path.join(folder, '.vscode', 'settings.json'), JSON.stringify({ 'workbench.colorTheme': theme }));
}

async function picture(page, name) {
  const file = path.join(PICTURES, `${name}.png`);
  // Hovers and animations end.
  await page.mouse.move(1000, 17);
  await page.waitForTimeout(1500);
  await page.screenshot({ path: file });
  const { size } = statSync(file);
  console.log(`${path.relative(EXTENSION, file)}: ${Math.round(size / 1024)} KiB`);
  if (size > LIMIT_BYTES) throw new Error(`${file} is larger than ${LIMIT_BYTES} bytes`);
}
