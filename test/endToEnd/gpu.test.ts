/** Whole runs on a GPU in software, judged by the CPU. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, mock, test } from 'node:test';
import { hasCode } from '../../trainer-core/protocol/errors.js';
import type { RunEvent } from '../../trainer-core/protocol/events.js';
import { engineError } from '../../trainer-core/runtime/engineError.js';
import { int32 } from '../../trainer-core/runtime/hostTensor.js';
import { OrtProgram } from '../../trainer-core/runtime/ortProgram.js';
import type { Feeds } from '../../trainer-core/runtime/program.js';
import { DeviceTrainStep } from '../../trainer-core/training/deviceTrainStep.js';
import { start } from '../support/commandLine.js';
import { rememberGpu, runConfig, writeRealDistillation, writeRealFinetuning } from '../support/gpuRuns.js';
import { metricsOf, stateOf } from '../support/runFiles.js';
import { useSoftwareVulkan } from '../support/softwareVulkan.js';
import { writeDistillation } from '../support/tinyModels.js';

const skip = useSoftwareVulkan();
const folder = mkdtempSync(join(tmpdir(), 'gpu-'));
after(() => rmSync(folder, { recursive: true }));
before(() => rememberGpu(join(folder, 'cache')));

/** The losses of every line of steps, and the scores in between, as the run's folder tells them. */
function told(run: string) {
  const lines = metricsOf(run);
  const steps = lines.filter(({ type }) => type === 'step') as unknown as Extract<RunEvent, { type: 'step' }>[];
  const scores = lines.filter(({ type, split }) => type === 'evaluated' && split === 'dev');
  return { steps, scores: scores.map(({ metrics }) => metrics as Record<string, number>) };
}

/** Within 1e-4 of the other run's, relative, in so many lines. */
function assertSameLosses(run: string, expected: string, lines: number): void {
  const [got, other] = [told(run), told(expected)];
  assert.deepEqual([got.steps.length, other.steps.length], [lines, lines]);
  other.steps.forEach(({ globalStep, losses, gradNorm, learningRate }, i) => {
    const step = got.steps[i] as (typeof got.steps)[number];
    assert.deepEqual([step.globalStep, step.learningRate], [globalStep, learningRate]);
    for (const [name, loss] of Object.entries({ ...losses, gradNorm })) {
      const found = { ...step.losses, gradNorm: step.gradNorm }[name as 'total'] as number;
      assert.ok(Math.abs(found / (loss as number) - 1) < 1e-4, `${name} of step ${globalStep}: ${found}, not ${loss}`);
    }
  });
  assert.equal(got.scores.length, other.scores.length);
  other.scores.forEach((metrics, i) => {
    for (const [name, score] of Object.entries(metrics)) {
      const found = got.scores[i]?.[name] as number;
      assert.ok(Math.abs(found - score) < 1e-4 * Math.max(1, Math.abs(score)), `${name}: ${found}, not ${score}`);
    }
  });
}

/** Does work in which no time passes: a device is asked for results after four steps, and never because these took long. */
async function withoutTime<T>(work: () => Promise<T>): Promise<T> {
  const now = mock.method(performance, 'now', () => 0);
  try {
    return await work();
  } finally {
    now.mock.restore();
  }
}

for (const [name, write, lines, together] of [
  ['a distillation on real text', writeRealDistillation, 30, new Array(30).fill(1)],
  // A line every 7 of 20 steps, and scores after 10 and 20.
  ['a fine-tuning', writeRealFinetuning, 3, [4, 3, 3, 4, 4, 2]],
] as const) {
  test(`${name} has the CPU's losses, with dropout`, { skip }, async () => {
    const place = join(folder, name.replaceAll(' ', '-'));
    mkdirSync(place);
    const config = await write(place);
    const [gpu, cpu] = [join(place, 'webgpu'), join(place, 'cpu')];
    const { mock: asked } = mock.method(DeviceTrainStep.prototype, 'results');
    await withoutTime(() => runConfig(config, { device: 'webgpu', out: gpu }));
    asked.restore();
    const results = await Promise.all(asked.calls.map(({ result }) => result));
    assert.deepEqual(
      results.flatMap((steps) => steps?.length || []),
      together,
      'steps that results came of at a time',
    );
    await runConfig(config, { device: 'cpu', out: cpu });
    assert.equal(stateOf(gpu).device?.name, 'webgpu');
    assertSameLosses(gpu, cpu, lines);
  });
}

const STEPS = 4;
const SMALL = { batchSize: 8, checkpointSteps: 2, logSteps: 1 };
let tiny = { config: '', cpu: '' };
/** A small distillation of a run a step, and what the CPU makes of it. */
async function tinyRun(): Promise<typeof tiny> {
  if (tiny.config !== '') return tiny;
  const place = join(folder, 'tiny');
  mkdirSync(place);
  const config = await writeDistillation(place, { maxSteps: STEPS, ...SMALL });
  await runConfig(config, { device: 'cpu', out: join(place, 'cpu') });
  tiny = { config, cpu: join(place, 'cpu') };
  return tiny;
}

for (const [first, second] of [
  ['webgpu', 'cpu'],
  ['cpu', 'webgpu'],
] as const) {
  test(`a run that began on ${first} goes on on ${second}`, { skip }, async () => {
    const { config, cpu } = await tinyRun();
    const out = join(folder, `${first}-${second}`);
    await runConfig(config, { device: first, out, stopAt: 2 });
    assert.equal(stateOf(out).status, 'stopped');
    await runConfig(config, { device: second, out, resume: true });
    assert.equal(stateOf(out).device?.name, second);
    assertSameLosses(out, cpu, STEPS);
  });
}

test('two runs at once on one GPU do not disturb each other', { skip }, async () => {
  const { config, cpu } = await tinyRun();
  const outs = ['a', 'b'].map((name) => join(folder, `at-once-${name}`));
  const runs = outs.map((out) => start(['distill', '--config', config, '--out', out, '--device', 'webgpu', '--json']));
  for (const { ended } of runs) {
    const { code, err } = await ended;
    assert.deepEqual([code, err], [0, '']);
  }
  for (const out of outs) assertSameLosses(out, cpu, STEPS);
});

/** What onnxruntime throws when the driver says VK_ERROR_DEVICE_LOST; see engineError.test.ts. */
const LOST = 'Failed to download data from buffer. wgpu::MapAsyncStatus value: 4, message: [Device] is lost.\n';

type Run = (feeds: Feeds) => ReturnType<OrtProgram['runKeeping']>;

/** Does work in which each run of a compiled graph goes by way of `through`. */
async function withRuns<T>(through: (run: Run, feeds: Feeds) => ReturnType<Run>, work: () => Promise<T>): Promise<T> {
  const { runKeeping } = OrtProgram.prototype;
  OrtProgram.prototype.runKeeping = async function (feeds, options) {
    return await through((given) => runKeeping.call(this, given, options), feeds);
  };
  try {
    return await work();
  } finally {
    OrtProgram.prototype.runKeeping = runKeeping;
  }
}

const isGradientRun = (feeds: Feeds) => 'lossWeight' in feeds;

for (const [told, readsOnly] of [
  ['by every run', false],
  // As it was with a driver that really lost its device: what stays there goes on as if all were well.
  ['only where a number is read', true],
] as const) {
  test(
    `a GPU that is lost in the middle of a run, as is told ${told}, ends it with its reason; the last checkpoint is good`,
    { skip },
    async () => {
      const place = join(folder, `lost-${readsOnly}`);
      mkdirSync(place);
      const config = await writeDistillation(place, { maxSteps: 8, batchSize: 8, checkpointSteps: 4, logSteps: 4 });
      const [out, cpu] = [join(place, 'webgpu'), join(place, 'cpu')];
      await runConfig(config, { device: 'cpu', out: cpu });
      let lost = false;
      const runs = { before: 0, after: 0 };
      const run = withRuns(
        async (run, feeds) => {
          if (lost && !readsOnly) throw engineError(new Error(LOST));
          const results = await run(feeds);
          if (lost && Object.keys(results.outputs).length > 0) throw engineError(new Error(LOST));
          if (isGradientRun(feeds)) runs[lost ? 'after' : 'before']++;
          return results;
        },
        () =>
          withoutTime(() =>
            runConfig(config, {
              device: 'webgpu',
              out,
              onEvent(event) {
                if (event.type === 'checkpoint') lost = true;
              },
            }),
          ),
      );
      await assert.rejects(run, (error) => hasCode(error, 'deviceLost') && error.data.reason === '[Device] is lost');
      assert.deepEqual(runs, { before: 4, after: readsOnly ? 4 : 0 });
      assert.equal(stateOf(out).status, 'failed');
      assert.deepEqual(readdirSync(join(out, 'checkpoints')), ['step-000004']);
      const resumed = await runConfig(config, { device: 'cpu', out, resume: true });
      assert.deepEqual(
        resumed.flatMap((event) => (event.type === 'started' ? [event.globalStep] : [])),
        [4],
      );
      assertSameLosses(out, cpu, 2);
    },
  );
}

/** The feeds of a run over one text of so many tokens. */
function withTokens(feeds: Feeds, tokens: number): Feeds {
  const rows = { dims: [1, tokens], data: new Float32Array(tokens) };
  return {
    ...feeds,
    ...{ tokenWeight: rows, keyWeight: rows, attention_mask: rows },
    input_ids: int32(new Int32Array(tokens), [1, tokens]),
    position_ids: int32(new Int32Array(tokens), [tokens]),
  };
}

test('a step for which the GPU has no room is done again in smaller runs', { skip }, async () => {
  // Cut differently, the sequences get other dropout masks.
  const place = join(folder, 'full');
  mkdirSync(place);
  const config = await writeDistillation(place, { maxSteps: STEPS, ...SMALL, dropout: 0 });
  const [out, cpu] = [join(place, 'webgpu'), join(place, 'cpu')];
  await runConfig(config, { device: 'cpu', out: cpu });
  let calls = 0;
  const events = await withRuns(
    // In the second step attention over one text asks the GPU for 3 GB, which it does not have.
    async (run, feeds) => await run(isGradientRun(feeds) && ++calls === 2 ? withTokens(feeds, 20_000) : feeds),
    () => runConfig(config, { device: 'webgpu', out }),
  );
  assert.equal(events.filter(({ type }) => type === 'runsHalved').length, 1);
  assertSameLosses(out, cpu, STEPS);
});
