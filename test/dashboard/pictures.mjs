/**
 * `node test/dashboard/pictures.mjs [FOLDER]`: pictures of the built pages in every theme and in several widths, and a list
 * of what went wrong in it. For people to look at.
 */

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { launchBrowser, openDashboard } from './dashboardPage.mjs';
import { madeUpManifest } from './madeUpCorpus.mjs';
import { DISTILLATION, distillationLines, FINE_TUNING, finetuneLines, onCard, summary } from './madeUpRuns.mjs';

const folder = process.argv[2] ?? 'test/workbench/output/dashboard';
mkdirSync(folder, { recursive: true });

const wiki = summary('wiki-20260503-120000', {});
const salted = summary('wiki-small-20260502-090000', { status: 'stopped', globalStep: 1800, secondsLeft: null });
const news = summary('livedoor-20260503-150000', {
  objective: 'finetune',
  status: 'finished',
  globalStep: 120,
  totalSteps: 120,
  loss: 0.213,
  best: { metric: 'macroF1', value: 0.754 },
  secondsLeft: null,
});
const rival = { ...news, folder: '/work/runs/rival', name: 'livedoor-longer-20260504-101500' };
const broken = summary('broken', { status: 'interrupted', globalStep: 90, secondsLeft: null });
const card = summary('wiki-gpu-20260505-090000', {
  device: { name: 'webgpu', description: 'NVIDIA GeForce RTX 4070' },
  deviceUsage: { memoryUsedBytes: 9.4e9, memoryTotalBytes: 12.88e9, utilization: 0.96 },
});
const runs = { type: 'runs', runs: [wiki, card, salted, news, rival, broken] };

const metrics = (run, lines) => ({ type: 'metrics', folder: run.folder, reset: true, lines, complete: true });
const config = (run, settings) => ({ type: 'config', folder: run.folder, config: settings });
const SCENES = {
  distillation: {
    state: { selected: [wiki.folder], smoothing: 0.8, settingsOpen: true },
    messages: [runs, config(wiki, DISTILLATION), metrics(wiki, distillationLines(1, 2400, 4000))],
  },
  compared: {
    state: { selected: [wiki.folder, salted.folder], settingsOpen: true, hidden: ['mse', 'cos'] },
    messages: [
      runs,
      config(wiki, DISTILLATION),
      config(salted, { ...DISTILLATION, student: { layers: 3 }, learningRate: 1e-4, temperature: 4 }),
      metrics(wiki, distillationLines(1, 2400, 4000)),
      metrics(salted, distillationLines(1, 1800, 4000, 3)),
    ],
  },
  card: {
    state: { selected: [card.folder], smoothing: 0.8 },
    messages: [runs, config(card, DISTILLATION), metrics(card, distillationLines(1, 2400, 4000, 0, onCard))],
  },
  finetuning: {
    state: { selected: [news.folder], runsOpen: false },
    messages: [runs, config(news, FINE_TUNING), metrics(news, finetuneLines())],
  },
  classifiers: {
    state: { selected: [news.folder, rival.folder], runsOpen: false, calibrationOpen: true },
    messages: [
      runs,
      config(news, FINE_TUNING),
      config(rival, { ...FINE_TUNING, maxSeqLength: 256 }),
      metrics(news, finetuneLines()),
      metrics(rival, finetuneLines(90)),
    ],
  },
  interrupted: {
    state: { selected: [broken.folder], asTable: true, logScale: true },
    messages: [runs, config(broken, DISTILLATION), metrics(broken, distillationLines(1, 90, 4000))],
  },
  empty: { state: {}, messages: [{ type: 'runs', runs: [] }] },
  corpus: {
    script: 'corpus',
    state: { open: ['lengthTable', 'input', 'making'] },
    messages: [{ type: 'corpus', name: 'jawiki', folder: 'corpora/jawiki', manifest: madeUpManifest() }],
  },
};

const PICTURES = [
  ...Object.keys(SCENES).flatMap((scene) => [250, 400, 900].map((width) => ({ scene, width, theme: 'dark' }))),
  ...['light', 'highContrast', 'highContrastLight'].flatMap((theme) =>
    ['distillation', 'card', 'finetuning', 'classifiers', 'compared', 'corpus'].map((scene) => ({
      scene,
      width: 700,
      theme,
    })),
  ),
  { scene: 'finetuning', width: 400, theme: 'dark', language: 'ja' },
  { scene: 'classifiers', width: 900, theme: 'light', language: 'ja' },
  { scene: 'distillation', width: 900, theme: 'light', language: 'ja' },
  { scene: 'card', width: 400, theme: 'light', language: 'ja' },
  { scene: 'corpus', width: 900, theme: 'light', language: 'ja' },
];

const only = process.argv[3];
const browser = await launchBrowser();
for (const { scene, width, theme, language = 'en' } of PICTURES) {
  const name = `${scene}-${width}-${theme}${language === 'en' ? '' : `-${language}`}`;
  if (only && !name.includes(only)) continue;
  const { state, messages, script } = SCENES[scene];
  const { page, post, errors } = await openDashboard(browser, { theme, width, language, state, script, height: 900 });
  await post(...messages);
  await page.waitForTimeout(400);
  await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  if (overflow > 0) errors.push(`${overflow} pixels too wide`);
  console.log(name, errors.length > 0 ? errors : 'ok');
  await page.close();
}
await browser.close();
