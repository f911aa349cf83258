/** Whole runs in half precision through the loop: with the rounding of half precision on the CPU, which is refused to users there. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { roundedHalves } from '../../test/support/roundedHalves.js';
import { assertSameRun, metricsOf, stateOf } from '../../test/support/runFiles.js';
import { writeDistillation } from '../../test/support/tinyModels.js';
import { distillConfig } from '../protocol/distillConfig.js';
import { hasCode } from '../protocol/errors.js';
import type { RunEvent } from '../protocol/events.js';
import { parseConfig } from '../protocol/parseConfig.js';
import type { Precision } from '../protocol/precision.js';
import { float16Lowering } from '../runtime/float16.js';
import type { Lowering } from '../runtime/onnxEncoder.js';
import { distillTask } from './distill.js';
import type { HostTrainStep } from './hostTrainStep.js';
import { train } from './loop.js';
import { runCorpus } from './runCorpus.js';

const folder = mkdtempSync(join(tmpdir(), 'half-'));
after(() => rmSync(folder, { recursive: true }));
const data = join(folder, 'data');
mkdirSync(data);

const half = () => roundedHalves(float16Lowering());

/** Half precision whose products are a thousandth too large: losses hardly show it, gradients do. */
const wrong = (): Lowering => ({
  ...half(),
  MatMul: ({ e, inputs, outputs }) => {
    e.node('Mul', [e.node('MatMul', inputs), e.float(1.5)], [], outputs[0]);
    return true;
  },
});

/** Half precision as on a device that computes small products in it and refuses these. */
const refused = (): Lowering => ({
  MatMul: ({ e, inputs, outputs }) => {
    e.node('Gather', [e.node('MatMul', inputs), e.ints([1e6])], [], outputs[0]);
    return true;
  },
});

interface Options {
  steps?: number;
  changes?: object;
  lowering?: () => Lowering;
  resume?: string;
  stopAt?: number;
  /** What the host is to make of a step that is done; throws where the run shall end. */
  prepared?: (step: HostTrainStep) => void;
}

let count = 0;
/** A distillation as on a device that has half precision. */
async function distil(precision: Precision, options: Options = {}): Promise<{ out: string; events: RunEvent[] }> {
  const { steps = 6, changes = {}, lowering = half, resume, stopAt } = options;
  const settings = {
    maxSteps: steps,
    logSteps: 1,
    checkpointSteps: 2,
    keepCheckpoints: 9,
    numEpochs: 14,
    dropout: 0,
    ...changes,
  };
  const file = await writeDistillation(data, settings);
  const config = parseConfig(distillConfig, readFileSync(file, 'utf8'), file);
  const out = resume ?? join(folder, `${count++}`);
  const stop = new AbortController();
  const events: RunEvent[] = [];
  const run = {
    out,
    resume: resume !== undefined,
    signal: stop.signal,
    onEvent(event: RunEvent) {
      events.push(event);
      if (event.type === 'step' && event.globalStep === stopAt) stop.abort();
    },
  };
  const { task } = await distillTask(config, file, runCorpus(run));
  const step = task.step as HostTrainStep;
  step.half = lowering;
  options.prepared?.(step);
  await train(Object.assign(task, { precision }), config, run);
  return { out, events };
}

const stepsOf = (events: readonly RunEvent[]) => events.flatMap((event) => (event.type === 'step' ? [event] : []));
const choiceOf = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.type === 'precision' ? [event] : []));

test('thirty steps of a distillation in half precision, chosen by itself, have the losses of single precision', async () => {
  const single = await distil('fp32', { steps: 30 });
  const halves = await distil('auto', { steps: 30 });
  const [choice, ...more] = choiceOf(halves.events);
  assert.equal(more.length, 0);
  assert.equal(choice?.precision, 'fp16');
  assert.equal(choice?.reason, 'agrees');
  assert.equal(choice?.microBatches, 8);
  assert.ok((choice?.figures?.lossDifference as number) > 0, 'half precision was computed');
  const { type: _, globalStep: __, ...saved } = choice as object as Record<string, unknown>;
  assert.deepEqual(stateOf(halves.out).precision, saved);
  assert.deepEqual(choiceOf(single.events), []);
  assert.equal(stateOf(single.out).precision, undefined);

  const [expected, got] = [stepsOf(single.events), stepsOf(halves.events)];
  assert.equal(got.length, 30);
  assert.ok(expected.at(-1)!.losses.total < 0.8 * expected[0]!.losses.total, 'something is learned');
  got.forEach(({ losses, lossScale, skippedSteps }, i) => {
    const difference = Math.abs(losses.total / expected[i]!.losses.total - 1);
    assert.ok(difference < 0.01, `step ${i + 1}: ${difference}`);
    assert.ok((lossScale as number) >= 1);
    assert.equal(skippedSteps, 0);
  });
  assert.ok(got.some(({ losses }, i) => losses.total !== expected[i]!.losses.total));
  assert.ok(expected.every(({ lossScale }) => lossScale === undefined));
});

test('half precision that is computed wrongly is not taken, and the run is that of single precision', async () => {
  const single = await distil('fp32');
  const refused = await distil('auto', { lowering: wrong });
  const [choice] = choiceOf(refused.events);
  assert.equal(choice?.precision, 'fp32');
  assert.equal(choice?.reason, 'differs');
  assert.equal(stateOf(refused.out).precision?.precision, 'fp32');
  assertSameRun(refused.out, single.out);
});

test('half precision that the device fails in is not taken, and the run is that of single precision', async () => {
  const single = await distil('fp32');
  const { out, events } = await distil('auto', { lowering: refused });
  const [choice] = choiceOf(events);
  assert.deepEqual([choice?.precision, choice?.reason], ['fp32', 'fails']);
  assert.match(choice?.failure as string, /out of data bounds/);
  assert.equal(stateOf(out).precision?.failure, choice?.failure);
  assert.match(readFileSync(join(out, 'trainer.log'), 'utf8'), /half precision fails: .*out of data bounds/);
  assertSameRun(out, single.out);
});

test('a run in half precision goes on to the last bit, without another check; with its scale and the steps that were left out', async () => {
  // Far too large a scale, so that the first steps are left out.
  const prepared = (step: HostTrainStep) => {
    const use = step.usePrecision.bind(step);
    step.usePrecision = async (lossScale) => await use(lossScale && { ...lossScale, scale: 2 ** 28 });
  };
  const changes = { dropout: 0.1 };
  const whole = await distil('fp16', { steps: 8, changes, prepared });
  const last = stepsOf(whole.events).at(-1)!;
  assert.ok((last.skippedSteps as number) >= 2 && (last.lossScale as number) < 2 ** 27, JSON.stringify(last));
  const stopped = await distil('fp16', { steps: 8, changes, prepared, stopAt: 5 });
  const resumed = await distil('fp16', { steps: 8, changes, resume: stopped.out });
  assert.deepEqual(choiceOf(resumed.events), []);
  assertSameRun(stopped.out, whole.out);
  assert.deepEqual(
    metricsOf(stopped.out).flatMap(({ type, lossScale, skippedSteps }) =>
      type === 'step' ? [[lossScale, skippedSteps]] : [],
    ),
    metricsOf(whole.out).flatMap(({ type, lossScale, skippedSteps }) =>
      type === 'step' ? [[lossScale, skippedSteps]] : [],
    ),
  );
});

test('what a check found is kept by a resumed run', async () => {
  const whole = await distil('auto', { steps: 6 });
  const stopped = await distil('auto', { steps: 6, stopAt: 3 });
  const resumed = await distil('auto', { steps: 6, resume: stopped.out });
  assert.deepEqual(choiceOf(resumed.events), []);
  assert.equal(stateOf(stopped.out).precision?.precision, 'fp16');
  assertSameRun(stopped.out, whole.out);

  const single = await distil('auto', { steps: 6, lowering: wrong });
  const halted = await distil('auto', { steps: 6, lowering: wrong, stopAt: 3 });
  // It would pass by now.
  await distil('auto', { steps: 6, resume: halted.out });
  assertSameRun(halted.out, single.out);
});

test('a run in half precision that went on for a while on a device without it is in half precision again', async () => {
  const { out } = await distil('auto', { stopAt: 2 });
  // There auto comes to single precision, and the checkpoint has no scale.
  const without = await distil('fp32', { resume: out, stopAt: 4 });
  assert.ok(stepsOf(without.events).every(({ lossScale }) => lossScale === undefined));
  assert.equal(stateOf(out).precision, undefined, 'what does not hold is not said');
  const again = await distil('auto', { resume: out });
  assert.deepEqual(choiceOf(again.events), [], 'no second check');
  assert.equal(stepsOf(again.events).length, 2);
  assert.ok(stepsOf(again.events).every(({ lossScale }) => lossScale !== undefined));
  assert.equal(stateOf(out).precision?.precision, 'fp16');
});

test('gradients that overflow under any scale: the user is told when it falls below 1, and the run ends where it cannot help', async () => {
  const prepared = (step: HostTrainStep) => {
    step.gradientNorm = async () => Number.POSITIVE_INFINITY;
  };
  const events: RunEvent[] = [];
  await assert.rejects(
    distil('fp16', { steps: 40, prepared }).then(({ events: told }) => events.push(...told)),
    (error) => hasCode(error, 'lossNotFinite') && error.data.globalStep === 30,
  );
  const low = metricsOf(join(folder, `${count - 1}`)).filter(({ type }) => type === 'lossScaleLow');
  assert.deepEqual(
    low.map(({ globalStep, lossScale }) => [globalStep, lossScale]),
    [[17, 0.5]],
  );
});

test('on the CPU half precision is refused before anything is read, and auto is single precision', async () => {
  const file = await writeDistillation(data, { precision: 'fp16', teacher: join(folder, 'nothing') });
  const config = parseConfig(distillConfig, readFileSync(file, 'utf8'), file);
  const options = { out: join(folder, 'refused'), resume: false, signal: new AbortController().signal, onEvent() {} };
  await assert.rejects(distillTask(config, file, runCorpus(options)), (error) =>
    hasCode(error, 'precisionUnavailable'),
  );
});
