import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { assertSameRun, curve, weightsOf } from '../../test/support/runFiles.js';
import { writeDistillation, writeFinetuning } from '../../test/support/tinyModels.js';
import { gemm } from '../graph/build.js';
import { Graph } from '../graph/graph.js';
import { distillConfig } from '../protocol/distillConfig.js';
import { hasCode } from '../protocol/errors.js';
import type { LossName, RunEvent } from '../protocol/events.js';
import { finetuneConfig } from '../protocol/finetuneConfig.js';
import { parseConfig } from '../protocol/parseConfig.js';
import { float32 } from '../runtime/hostTensor.js';
import { Program } from '../runtime/program.js';
import { distillTask } from './distill.js';
import { estimateRun } from './estimate.js';
import { classificationTask } from './finetune.js';
import { train } from './loop.js';
import { runCorpus } from './runCorpus.js';
import type { RunOptions } from './runStart.js';
import type { LoopSettings, Task } from './task.js';

const folder = mkdtempSync(join(tmpdir(), 'memory-'));
after(() => rmSync(folder, { recursive: true }));

/** Asks the engine for 36 TB, which no machine has. */
async function runOut(): Promise<never> {
  const g = new Graph();
  g.output('z', gemm(g, g.input('x', ['n', 1]), g.input('y', [1, 'm']), null));
  const program = await Program.compile(g, { threads: 1 });
  const n = 3_000_000;
  try {
    await program.run({ x: float32(new Float32Array(n), [n, 1]), y: float32(new Float32Array(n), [1, n]) });
  } finally {
    await program.dispose();
  }
  throw new Error('it had the memory');
}

/** A training by a config that is written for it. */
type Objective = (
  place: string,
  changes: object,
) => Promise<{ config: LoopSettings; task(options: RunOptions): Promise<Task> }>;

const distillation: Objective = async (place, changes) => {
  const file = await writeDistillation(place, { checkpointSteps: 1, logSteps: 1, maxSteps: 6, ...changes });
  const config = parseConfig(distillConfig, readFileSync(file, 'utf8'), file);
  return { config, task: async (options) => (await distillTask(config, file, runCorpus(options))).task };
};

const finetuning: Objective = async (_place, changes) => {
  // Reports name the file of a text, so all runs read the same.
  const place = join(folder, 'data');
  mkdirSync(place, { recursive: true });
  const settings = { batchSize: 48, gradientAccumulationSteps: 1, checkpointSteps: 1, logSteps: 1, maxSteps: 6 };
  const file = await writeFinetuning(place, { ...settings, ...changes });
  const config = parseConfig(finetuneConfig, readFileSync(file, 'utf8'), file);
  return {
    config,
    task: async () => (await classificationTask(config, file, { signal: new AbortController().signal })).task,
  };
};

/** Memory runs out at these calls of the gradient graph, counted from 0. */
function limit({ step }: Task, isOut: (call: number) => boolean): void {
  const accumulate = step.accumulate.bind(step);
  let calls = 0;
  step.accumulate = async (...given) => (isOut(calls++) ? await runOut() : await accumulate(...given));
}

let count = 0;
/** Trains in a folder of its own; memory runs out at these calls of the gradient graph, counted from 0, or at this scoring. */
async function trained(
  objective: Objective,
  changes: object,
  isOut: (call: number) => boolean,
  run: { out?: string; resume?: boolean; stopAt?: number; unscored?: number } = {},
): Promise<{ out: string; events: RunEvent[] }> {
  const place = join(folder, `${count++}`);
  mkdirSync(place);
  const { config, task: make } = await objective(place, changes);
  const out = run.out ?? join(place, 'run');
  const stop = new AbortController();
  const events: RunEvent[] = [];
  const options = {
    out,
    resume: run.resume ?? false,
    signal: stop.signal,
    onEvent(event: RunEvent) {
      events.push(event);
      if (event.type === 'step' && event.globalStep === run.stopAt) stop.abort();
    },
  };
  const task = await make(options);
  limit(task, isOut);
  const { evaluate } = task;
  let scorings = 0;
  if (evaluate) Object.assign(task, { evaluate: () => (scorings++ === run.unscored ? runOut() : evaluate.call(task)) });
  await train(task, config, options);
  return { out, events };
}

const told = (events: readonly RunEvent[]) => events.flatMap((event) => (event.type === 'runsHalved' ? [event] : []));

type LossKey = 'total' | LossName;

/** Both runs told the same losses, but for rounding. */
function assertSameLosses(got: readonly RunEvent[], other: readonly RunEvent[], names: readonly LossKey[]): void {
  const losses = (of: readonly RunEvent[]) => of.flatMap((event) => (event.type === 'step' ? [event] : []));
  const expected = losses(other);
  assert.equal(expected.length, 6);
  losses(got).forEach((event, i) => {
    const other = expected[i]!;
    assert.equal(event.epoch, other.epoch);
    for (const key of names)
      assert.ok(Math.abs(event.losses[key]! / other.losses[key]! - 1) < 1e-4, `${key} of step ${i + 1}`);
    assert.ok(Math.abs(event.epochLoss! / other.epochLoss! - 1) < 1e-4);
  });
}

for (const [name, objective, names, tokensPerRun] of [
  ['a distillation', distillation, ['total', 'ce', 'mlm', 'cos'], 512],
  // One micro-batch a step, which fits into one run: even that can be halved.
  ['a fine-tuning', finetuning, ['total'], 1024],
] as const) {
  test(`${name}: memory that runs out within a step: the step is done again in smaller runs, and the same is learned`, async () => {
    const whole = await trained(objective, { dropout: 0 }, () => false);
    assert.deepEqual(told(whole.events), []);
    const cut = await trained(objective, { dropout: 0 }, (call) => call === 3);
    const [halved, ...more] = told(cut.events);
    assert.equal(more.length, 0);
    assert.equal(halved?.tokensPerRun, tokensPerRun);
    assertSameLosses(cut.events, whole.events, names);
  });

  test(`${name} that went on in smaller runs is resumed in them, to the last bit`, async () => {
    const whole = await trained(objective, { dropout: 0.1 }, (call) => call === 3);
    const stopped = await trained(objective, { dropout: 0.1 }, (call) => call === 3, { stopAt: 4 });
    await trained(objective, { dropout: 0.1 }, () => false, { out: stopped.out, resume: true });
    assert.deepEqual(curve(stopped.out), curve(whole.out));
    assert.equal(weightsOf(stopped.out), weightsOf(whole.out));
  });

  test(`${name}: memory that never suffices: halved until a run has one sequence, then the run fails`, async () => {
    await assert.rejects(
      trained(objective, {}, () => true),
      (error) => hasCode(error, 'outOfMemory') && /allocate memory/.test(error.data.reason),
    );
  });
}

test('memory that runs out as the model is scored: what was trained is saved, and scored when the run is resumed', async () => {
  const rare = { checkpointSteps: 100 };
  const whole = await trained(finetuning, rare, () => false);
  const out = join(folder, 'unscored');
  for (const unscored of [0, 0, 1]) {
    const resume = existsSync(out);
    await assert.rejects(
      trained(finetuning, rare, () => false, { out, resume, unscored }),
      (error) => hasCode(error, 'outOfMemory'),
    );
  }
  assert.deepEqual(readdirSync(join(out, 'checkpoints')), ['step-000002', 'step-000004']);
  await trained(finetuning, rare, () => false, { out, resume: true });
  assertSameRun(out, whole.out);
});

test('an estimate goes on in smaller runs where memory runs out, as the training will, and fails where that would', async () => {
  const place = join(folder, 'estimated');
  mkdirSync(place);
  const { config, task: make } = await distillation(place, { dropout: 0 });
  const { signal } = new AbortController();
  const estimate = async (isOut: (call: number) => boolean) => {
    const task = await make({ out: join(place, 'run'), resume: false, signal, onEvent: () => {} });
    limit(task, isOut);
    return await estimateRun(async () => ({ task, teacher: null, part: 1 }), config, { signal, onStage: () => {} });
  };
  assert.equal((await estimate((call) => call === 0)).totalSteps, 6);
  await assert.rejects(
    estimate(() => true),
    (error) => hasCode(error, 'outOfMemory'),
  );
});
