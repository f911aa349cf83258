import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { assertSameRun, curve } from '../../test/support/runFiles.js';
import { noTensorflow, tensorflowDevice } from '../../test/support/testTensorflow.js';
import { writeFinetuning } from '../../test/support/tinyModels.js';
import { finetuneConfig } from '../protocol/finetuneConfig.js';
import { parseConfig } from '../protocol/parseConfig.js';
import { runFinetune } from './finetune.js';

const folder = mkdtempSync(join(tmpdir(), 'run-'));
after(() => rmSync(folder, { recursive: true }));
tensorflowDevice();

/** Runs a short fine-tuning; with `stopAt` until the checkpoint of that step. */
async function run(device: string, out: string, { resume = false, stopAt = Number.POSITIVE_INFINITY } = {}) {
  const file = await writeFinetuning(folder, { device, maxSteps: 8, logSteps: 1, checkpointSteps: 4 });
  const stop = new AbortController();
  await runFinetune(parseConfig(finetuneConfig, readFileSync(file, 'utf8'), file), {
    out: join(folder, out),
    resume,
    signal: stop.signal,
    onEvent: (event) => {
      if (event.type === 'checkpoint' && event.globalStep >= stopAt) stop.abort();
    },
  });
  return join(folder, out);
}

test(
  'a fine-tuning on TensorFlow.js has the losses of one on the CPU, and goes on exactly',
  { skip: noTensorflow },
  async () => {
    const [expected, got] = [curve(await run('cpu', 'cpu')), curve(await run('tensorflow', 'tensorflow'))];
    assert.deepEqual(
      got.map(({ type, globalStep }) => [type, globalStep]),
      expected.map(({ type, globalStep }) => [type, globalStep]),
    );
    const steps = expected.filter(({ type }) => type === 'step');
    assert.equal(steps.length, 8);
    for (const { globalStep, losses } of steps) {
      const other = got.find((line) => line.type === 'step' && line.globalStep === globalStep);
      const [a, b] = [losses, other?.losses].map((each) => (each as { total: number }).total) as [number, number];
      // Roundings of float32 (1e-7) that each step passes on to the next; a wrong mask, rate or decay shows in the second digit.
      assert.ok(Math.abs(a - b) <= 1e-4 * a, `step ${globalStep}: ${b} instead of ${a}`);
    }
    await run('tensorflow', 'stopped', { stopAt: 4 });
    assertSameRun(await run('tensorflow', 'stopped', { resume: true }), join(folder, 'tensorflow'));
  },
);
