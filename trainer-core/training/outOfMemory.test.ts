import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { curve, weightsOf } from '../../test/support/runFiles.js';
import { writeDistillation } from '../../test/support/tinyModels.js';
import { gemm } from '../graph/build.js';
import { Graph } from '../graph/graph.js';
import { distillConfig } from '../protocol/distillConfig.js';
import { hasCode } from '../protocol/errors.js';
import type { RunEvent } from '../protocol/events.js';
import { parseConfig } from '../protocol/parseConfig.js';
import { float32 } from '../runtime/hostTensor.js';
import { Program } from '../runtime/program.js';
import { distillTask } from './distill.js';
import { train } from './loop.js';
import { runCorpus } from './runCorpus.js';

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

let count = 0;
/** Trains in a folder of its own; memory runs out at these calls of the gradient graph, counted from 0. */
async function trained(
  changes: object,
  isOut: (call: number) => boolean,
  run: { out?: string; resume?: boolean; stopAt?: number } = {},
): Promise<{ out: string; events: RunEvent[] }> {
  const place = join(folder, `${count++}`);
  mkdirSync(place);
  const file = await writeDistillation(place, { checkpointSteps: 1, logSteps: 1, maxSteps: 6, ...changes });
  const config = parseConfig(distillConfig, readFileSync(file, 'utf8'), file);
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
  const { task } = await distillTask(config, file, runCorpus(options));
  const accumulate = task.step.accumulate.bind(task.step);
  let calls = 0;
  task.step.accumulate = async (...given) => (isOut(calls++) ? await runOut() : await accumulate(...given));
  await train(task, config, options);
  return { out, events };
}

const told = (events: readonly RunEvent[]) => events.flatMap((event) => (event.type === 'runsHalved' ? [event] : []));

test('memory that runs out within a step: the step is done again in smaller runs, and the same is learned', async () => {
  const whole = await trained({ dropout: 0 }, () => false);
  assert.deepEqual(told(whole.events), []);
  const cut = await trained({ dropout: 0 }, (call) => call === 3);
  const [halved, ...more] = told(cut.events);
  assert.equal(more.length, 0);
  assert.equal(halved?.tokensPerRun, 512);
  const losses = (of: readonly RunEvent[]) => of.flatMap((event) => (event.type === 'step' ? [event] : []));
  const expected = losses(whole.events);
  assert.equal(expected.length, 6);
  losses(cut.events).forEach((event, i) => {
    const other = expected[i]!;
    assert.equal(event.epoch, other.epoch);
    for (const key of ['total', 'ce', 'mlm', 'cos'] as const)
      assert.ok(Math.abs(event.losses[key]! / other.losses[key]! - 1) < 1e-4, `${key} of step ${i + 1}`);
    assert.ok(Math.abs(event.epochLoss! / other.epochLoss! - 1) < 1e-4);
  });
});

test('a run that went on in smaller runs is resumed in them, to the last bit', async () => {
  const whole = await trained({ dropout: 0.1 }, (call) => call === 3);
  const stopped = await trained({ dropout: 0.1 }, (call) => call === 3, { stopAt: 4 });
  await trained({ dropout: 0.1 }, () => false, { out: stopped.out, resume: true });
  assert.deepEqual(curve(stopped.out), curve(whole.out));
  assert.equal(weightsOf(stopped.out), weightsOf(whole.out));
});

test('memory that never suffices: halved until a run has one sequence, then the run fails', async () => {
  await assert.rejects(
    trained({}, () => true),
    (error) => hasCode(error, 'outOfMemory') && /allocate memory/.test(error.data.reason),
  );
});
