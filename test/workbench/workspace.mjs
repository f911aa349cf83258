/** The folder that the workbench opens: two runs, a config with its tiny teacher, a tiny classifier and a Japanese text, made anew each time. */

import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { writeTinyClassifier } from './tinyClassifier.mjs';
import { writeTinyTeacher } from './tinyTeacher.mjs';

const TEXT = [
  '新しいスマートフォンが今日発売された。',
  '日本代表が決勝に進んだ。',
  '今日は日本で新しい決勝が発売に進んだ。',
];

/** Takes seconds: a student of one layer, four steps. */
const DISTILLATION = {
  teacher: 'teacher',
  student: { layers: 1 },
  corpus: ['news.txt'],
  corpusSettings: { sequences: 'lines', textDocuments: 'lines' },
  maxSeqLength: 32,
  batchSize: 2,
  gradientAccumulationSteps: 1,
  maxSteps: 4,
  numEpochs: 4,
  logSteps: 1,
};

/** Makes the folder; `addStep` lets the distillation go on by a step and `setRun` changes its state, as a trainer would; `setSettings` replaces the workspace's settings, which an open workbench follows. */
export function makeWorkspace() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'workspace-'));
  const write = (file, text) => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  };
  write('news.txt', `${TEXT.join('\n')}\n`);
  write('wiki.distill.json', JSON.stringify(DISTILLATION));
  writeTinyClassifier(path.join(folder, 'classifier'));
  writeTinyTeacher(path.join(folder, 'teacher'), path.join(folder, 'news.txt'));

  const metrics = (run, events) =>
    write(`runs/${run}/metrics.jsonl`, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  // This process stands for the trainer: the run is alive as long as we are.
  let state = {};
  const setRun = (change) => {
    state = { ...state, ...change };
    write('runs/wiki/state.json', JSON.stringify(state));
  };
  setRun({ objective: 'distill', status: 'running', pid: process.pid });
  metrics(
    'wiki',
    Array.from({ length: 120 }, (_, index) => step(index + 1)),
  );
  write('runs/wiki/config.json', JSON.stringify({ ...DISTILLATION, learningRate: 5e-4 }));
  write('runs/livedoor/config.json', JSON.stringify({ model: 'teacher', batchSize: 16, learningRate: 1e-3 }));
  write('runs/livedoor/state.json', JSON.stringify({ objective: 'finetune', status: 'finished', pid: 1 }));
  metrics('livedoor', [
    { ...step(69), totalSteps: 69, losses: { total: 0.2132 } },
    {
      type: 'evaluated',
      globalStep: 69,
      epoch: 3,
      split: 'dev',
      metrics: { accuracy: 0.91, macroF1: 0.9034 },
      best: true,
    },
    { type: 'finished', globalStep: 69, folder: 'final', metrics: {} },
  ]);
  return {
    folder,
    addStep: (globalStep) =>
      appendFileSync(path.join(folder, 'runs/wiki/metrics.jsonl'), `${JSON.stringify(step(globalStep))}\n`),
    setRun,
    setSettings: (settings) => write('.vscode/settings.json', JSON.stringify(settings)),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function step(globalStep) {
  return {
    type: 'step',
    globalStep,
    totalSteps: 4000,
    epoch: globalStep / 2000,
    losses: { total: 40 / Math.sqrt(globalStep) },
    learningRate: 5e-4,
    gradNorm: 2,
    tokensPerSecond: 1250,
    secondsLeft: 4000 - globalStep,
  };
}
