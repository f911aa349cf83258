/** Whole runs on a GPU in software, judged by the CPU. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { expand } from '../../trainer-core/graph/build.js';
import { Graph } from '../../trainer-core/graph/graph.js';
import { hasCode } from '../../trainer-core/protocol/errors.js';
import type { RunEvent } from '../../trainer-core/protocol/events.js';
import { engineError } from '../../trainer-core/runtime/engineError.js';
import { float32 } from '../../trainer-core/runtime/hostTensor.js';
import { OrtProgram } from '../../trainer-core/runtime/ortProgram.js';
import { Program } from '../../trainer-core/runtime/program.js';
import { start } from '../support/commandLine.js';
import { rememberGpu, runConfig, writeRealDistillation, writeRealFinetuning } from '../support/gpuRuns.js';
import { metricsOf, stateOf } from '../support/runFiles.js';
import { softwareGpu, useSoftwareVulkan } from '../support/softwareVulkan.js';
import { writeDistillation } from '../support/tinyModels.js';

const skip = useSoftwareVulkan();
const folder = mkdtempSync(join(tmpdir(), 'gpu-'));
after(() => rmSync(folder, { recursive: true }));
before(() => rememberGpu(join(folder, 'cache')));

/** The losses of every step, and the scores in between, as the run's folder tells them. */
function told(run: string) {
  const lines = metricsOf(run);
  const steps = lines.filter(({ type }) => type === 'step') as unknown as Extract<RunEvent, { type: 'step' }>[];
  const scores = lines.filter(({ type, split }) => type === 'evaluated' && split === 'dev');
  return { steps, scores: scores.map(({ metrics }) => metrics as Record<string, number>) };
}

/** Within 1e-4 of the other run's, relative. */
function assertSameLosses(run: string, expected: string, steps: number): void {
  const [got, other] = [told(run), told(expected)];
  assert.deepEqual([got.steps.length, other.steps.length], [steps, steps]);
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

for (const [name, write, steps] of [
  ['a distillation on real text', writeRealDistillation, 30],
  ['a fine-tuning', writeRealFinetuning, 20],
] as const) {
  test(`${name} has the CPU's losses, with dropout`, { skip }, async () => {
    const place = join(folder, name.replaceAll(' ', '-'));
    mkdirSync(place);
    const config = await write(place);
    const [gpu, cpu] = [join(place, 'webgpu'), join(place, 'cpu')];
    await runConfig(config, { device: 'webgpu', out: gpu });
    await runConfig(config, { device: 'cpu', out: cpu });
    assert.equal(stateOf(gpu).device?.name, 'webgpu');
    assertSameLosses(gpu, cpu, steps);
  });
}

const STEPS = 4;
const SMALL = { batchSize: 8, checkpointSteps: 2, logSteps: 1 };
let tiny = { config: '', cpu: '' };
/** A small distillation of several runs a step, and what the CPU makes of it. */
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

/** Runs with `before` before each run of a compiled graph, which may throw what an engine throws. */
async function withFaults<T>(before: (feeds: object) => Promise<void>, work: () => Promise<T>): Promise<T> {
  const { runKeeping } = OrtProgram.prototype;
  OrtProgram.prototype.runKeeping = async function (feeds, options) {
    await before(feeds);
    return await runKeeping.call(this, feeds, options);
  };
  try {
    return await work();
  } finally {
    OrtProgram.prototype.runKeeping = runKeeping;
  }
}

test(
  'a GPU that is lost in the middle of a run ends it with its reason; the last checkpoint is good',
  { skip },
  async () => {
    const { config, cpu } = await tinyRun();
    const out = join(folder, 'lost');
    let lost = false;
    const run = withFaults(
      async () => {
        if (lost) throw engineError(new Error(LOST));
      },
      () =>
        runConfig(config, {
          device: 'webgpu',
          out,
          onEvent(event) {
            if (event.type === 'step' && event.globalStep === 3) lost = true;
          },
        }),
    );
    await assert.rejects(run, (error) => hasCode(error, 'deviceLost') && error.data.reason === '[Device] is lost');
    const { status } = stateOf(out);
    assert.equal(status, 'failed');
    await runConfig(config, { device: 'cpu', out, resume: true });
    assertSameLosses(out, cpu, STEPS);
  },
);

test('a step for which the GPU has no room is done again in smaller runs', { skip }, async () => {
  // Cut differently, the sequences get other dropout masks.
  const place = join(folder, 'full');
  mkdirSync(place);
  const config = await writeDistillation(place, { maxSteps: STEPS, ...SMALL, dropout: 0 });
  const [out, cpu] = [join(place, 'webgpu'), join(place, 'cpu')];
  await runConfig(config, { device: 'cpu', out: cpu });
  const graph = new Graph();
  graph.output('y', expand(graph, graph.input('x', [1]), ['n']));
  const greedy = await Program.compile(graph, { device: softwareGpu, keep: ['y'] });
  let calls = 0;
  const events = await withFaults(
    async (feeds) => {
      // In the second step the GPU is asked for 1.2 GB, which it does not have.
      if ('lossWeight' in feeds && ++calls === 2)
        await greedy.run({ x: float32(Float32Array.of(1), [1]) }, { bindings: { n: 300_000_000 } });
    },
    () => runConfig(config, { device: 'webgpu', out }),
  );
  await greedy.dispose();
  assert.equal(events.filter(({ type }) => type === 'runsHalved').length, 1);
  assertSameLosses(out, cpu, STEPS);
});
