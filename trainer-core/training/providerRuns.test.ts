import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertSameRun, curve, metricsOf, weightsOf } from '../../test/support/runFiles.js';
import { computeOnCpu, rememberDevices } from '../../test/support/standIn.js';
import { writeDistillation, writeFinetuning } from '../../test/support/tinyModels.js';
import { distillConfig } from '../protocol/distillConfig.js';
import { hasCode } from '../protocol/errors.js';
import { finetuneConfig } from '../protocol/finetuneConfig.js';
import { parseConfig } from '../protocol/parseConfig.js';
import { runDistill } from './distill.js';
import { runFinetune } from './finetune.js';

const folder = mkdtempSync(join(tmpdir(), 'cuda-run-'));
const DEVICES = ['cuda', 'dml', 'coreml'] as const;
before(async () => {
  for (const name of DEVICES) computeOnCpu(name);
  await rememberDevices(DEVICES, folder);
});
after(() => rmSync(folder, { recursive: true }));

interface RunSettings {
  resume?: boolean;
  /** Stops at the checkpoint of this step. */
  stopAt?: number;
}

const optionsOf = (out: string, { resume = false, stopAt = Number.POSITIVE_INFINITY }: RunSettings) => {
  const stop = new AbortController();
  return {
    out: join(folder, out),
    resume,
    signal: stop.signal,
    onEvent: (event: { type: string; globalStep?: number }) => {
      if (event.type === 'checkpoint' && (event.globalStep ?? 0) >= stopAt) stop.abort();
    },
  };
};

/** Several runs a step, dropout, scores and checkpoints between steps that are put off. */
const settings = { maxSteps: 8, logSteps: 3, checkpointSteps: 4 };

const objectives = {
  async finetuning(device: string, out: string, changes: object, run: RunSettings = {}) {
    const file = await writeFinetuning(folder, { ...settings, device, gradientAccumulationSteps: 2, ...changes });
    await runFinetune(parseConfig(finetuneConfig, readFileSync(file, 'utf8'), file), optionsOf(out, run));
    return join(folder, out);
  },
  async distillation(device: string, out: string, changes: object, run: RunSettings = {}) {
    const file = await writeDistillation(folder, { ...settings, device, gradientAccumulationSteps: 2, ...changes });
    await runDistill(parseConfig(distillConfig, readFileSync(file, 'utf8'), file), optionsOf(out, run));
    return join(folder, out);
  },
};

/** Norms are sums in another order, in float64. */
function assertSameCurve(got: string, expected: string): void {
  const withoutNorm = (run: string) => curve(run).map(({ gradNorm: _, ...line }) => line);
  assert.deepEqual(withoutNorm(got), withoutNorm(expected));
  const norms = (run: string) => curve(run).map(({ gradNorm }) => Number(gradNorm ?? 0));
  const all = norms(expected);
  assert.ok(all.some((norm) => norm > 0));
  norms(got).forEach((norm, i) => {
    assert.ok(
      Math.abs(norm - (all[i] as number)) <= 1e-12 * (all[i] as number),
      `norm ${i}: ${norm} instead of ${all[i]}`,
    );
  });
}

for (const [name, train] of Object.entries(objectives)) {
  test(`a ${name} in a loop is the one on the CPU to the bit, and goes on exactly`, async () => {
    const cpu = await train('cpu', `${name}-cpu`, {});
    const cuda = await train('cuda', `${name}-cuda`, {});
    assert.equal(metricsOf(cuda).find(({ type }) => type === 'started')?.device, 'cuda');
    assertSameCurve(cuda, cpu);
    assert.ok(weightsOf(cuda) === weightsOf(cpu), 'the final weights differ');

    await train('cuda', `${name}-stopped`, {}, { stopAt: 4 });
    assertSameRun(await train('cuda', `${name}-stopped`, {}, { resume: true }), cuda);
    // A checkpoint of one device is one of any other.
    await train('cuda', `${name}-moved`, {}, { stopAt: 4 });
    assertSameCurve(await train('cpu', `${name}-moved`, {}, { resume: true }), cpu);
  });
}

test('a run that blows up ends at the step that it ends at on the CPU', async () => {
  // Without a memory of squares and without a guard, a weight that gets no gradient once moves without bound.
  const wild = { adamBeta2: 0, adamEpsilon: 1e-44, learningRate: 1, warmupProportion: 0 };
  const failedAt = async (device: string) => {
    const changes = { ...wild, logSteps: 50, checkpointSteps: 50, maxSteps: 40 };
    const failure = await objectives.distillation(device, `blown-up-${device}`, changes).then(
      () => null,
      (error: unknown) => error,
    );
    if (!hasCode(failure, 'lossNotFinite')) throw failure;
    return failure.data;
  };
  const expected = await failedAt('cpu');
  assert.ok(expected.globalStep > 1);
  assert.deepEqual(await failedAt('cuda'), expected);
});

test('weights and gradients are told for TensorBoard as on the CPU', async () => {
  const changes = { tensorboard: 'parameters', logSteps: 4 };
  const cpu = await objectives.finetuning('cpu', 'told-cpu', changes);
  const cuda = await objectives.finetuning('cuda', 'told-cuda', changes);
  assertSameCurve(cuda, cpu);
});

test('where only the gradients are on the device, a run is the one on the CPU to the bit', async () => {
  const cpu = await objectives.finetuning('cpu', 'gradients-cpu', {});
  for (const device of ['dml', 'coreml'])
    assertSameRun(await objectives.finetuning(device, `gradients-${device}`, {}), cpu);
});
