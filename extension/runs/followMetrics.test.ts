import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { MetricsFollower } from './followMetrics.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'metrics-'));
  file = path.join(folder, 'metrics.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true }));

const line = (event: object) => `${JSON.stringify(event)}\n`;
const started = (globalStep = 0) => line({ globalStep, time: 1, type: 'started', totalSteps: 500_000 });
const step = (globalStep: number) =>
  line({ globalStep, time: 1, type: 'step', totalSteps: 500_000, losses: { total: 1 / globalStep }, note: '損失' });
const steps = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => step(from + index)).join('');
const evaluated = (globalStep: number, metrics: object, best: boolean) =>
  line({ globalStep, time: 1, type: 'evaluated', split: 'dev', metrics, best });

async function read(follower: MetricsFollower) {
  const last = await follower.read();
  return last && { started: last.started?.globalStep, step: last.step?.globalStep, best: last.best };
}

describe('MetricsFollower', () => {
  it('finds the beginning, the end and the best score of a file far longer than it reads', async () => {
    // Nearly 5 MB after the best score, which stands in the middle of nowhere.
    const best = evaluated(2000, { macroF1: 0.9, loss: 0.4 }, true);
    writeFileSync(file, started() + steps(1, 2000) + best + steps(2001, 40_000));
    appendFileSync(file, evaluated(40_000, { macroF1: 0.8, loss: 0.3 }, false) + steps(40_001, 40_100));
    assert.deepEqual(await read(new MetricsFollower(file)), {
      started: 0,
      step: 40_099,
      best: { metric: 'macroF1', value: 0.9 },
    });
  });

  it('finds the last step before evaluations that are longer than what it reads first', async () => {
    const misread = 'あ'.repeat(100_000);
    const long = evaluated(400, { macroF1: 0.5, misread }, false);
    writeFileSync(file, started() + steps(1, 401) + evaluated(200, { macroF1: 0.7 }, true) + long + long);
    const last = await read(new MetricsFollower(file));
    assert.deepEqual([last?.started, last?.step, last?.best?.value], [0, 400, 0.7]);
  });

  it('finds the best score also when the beginning of the file has a worse one', async () => {
    const first = evaluated(1, { macroF1: 0.2 }, true);
    writeFileSync(
      file,
      started() + first + steps(1, 2000) + evaluated(2000, { macroF1: 0.9 }, true) + steps(2001, 40_000),
    );
    assert.equal((await read(new MetricsFollower(file)))?.best?.value, 0.9);
  });

  it('finds the best score wherever it lies across the blocks that are read', async () => {
    for (let pad = 0; pad < 160; pad += 20) {
      const middle = steps(1, 9000);
      writeFileSync(
        file,
        `${started()}${evaluated(1, { loss: 7 }, true)}${middle.slice(0, -1)}${' '.repeat(pad)}\n${step(9000)}`,
      );
      assert.deepEqual((await read(new MetricsFollower(file)))?.best, { metric: 'loss', value: 7 }, `pad ${pad}`);
    }
  });

  it('reads what is added, and waits for the end of a torn line', async () => {
    const follower = new MetricsFollower(file);
    assert.equal(await read(follower), undefined);
    writeFileSync(file, started() + step(1));
    assert.equal((await read(follower))?.step, 1);
    const next = step(2);
    appendFileSync(file, next.slice(0, 30));
    assert.equal((await read(follower))?.step, 1);
    appendFileSync(file, next.slice(30) + evaluated(2, { loss: 3 }, true) + evaluated(3, { loss: 4 }, false));
    assert.deepEqual(await read(follower), { started: 0, step: 2, best: { metric: 'loss', value: 3 } });
  });

  it('begins anew when a resumed run has dropped lines', async () => {
    const follower = new MetricsFollower(file);
    writeFileSync(file, started() + steps(1, 100) + evaluated(99, { loss: 1 }, true));
    assert.equal((await read(follower))?.step, 99);
    const beside = `${file}.new`;
    writeFileSync(beside, started() + steps(1, 51) + started(50) + steps(51, 200));
    renameSync(beside, file);
    assert.deepEqual(await read(follower), { started: 50, step: 199, best: undefined });
  });
});
