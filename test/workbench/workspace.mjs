/** The folder that the workbench opens: two runs, a config and a Japanese text, made anew for each test run. */

import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Makes the folder; `addStep` lets the distillation go on by a step, as a trainer would; `setSettings` replaces the workspace's settings, which an open workbench follows. */
export function makeWorkspace() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'workspace-'));
  const write = (file, text) => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  };
  write('news.txt', '新しいスマートフォンが今日発売された。\n日本代表が決勝に進んだ。\n');
  // The teacher is not there, so a start of this config ends at once, with the trainer's own error.
  write('wiki.distill.json', JSON.stringify({ teacher: 'no-such-teacher', corpus: ['news.txt'] }));

  const metrics = (run, events) =>
    write(`runs/${run}/metrics.jsonl`, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  // This process stands for the trainer: the run is alive as long as we are.
  write('runs/wiki/state.json', JSON.stringify({ objective: 'distill', status: 'running', pid: process.pid }));
  metrics(
    'wiki',
    Array.from({ length: 120 }, (_, index) => step(index + 1)),
  );
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
