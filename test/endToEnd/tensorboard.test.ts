/** The TensorBoard files of runs, read by a reader of the format that shares no code with the writer. */
import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { start } from '../support/commandLine.js';
import { eventFiles, parseHParams, type ReadEvent, readEvents, readRun } from '../support/eventFile.js';
import { metricsOf } from '../support/runFiles.js';
import { writeDistillation, writeFinetuning } from '../support/tinyModels.js';

const folder = mkdtempSync(join(tmpdir(), 'tensorboard-'));
after(() => rmSync(folder, { recursive: true }));

async function run(...argv: string[]): Promise<void> {
  const { code, err } = await start([...argv, '--json']).ended;
  assert.deepEqual([code, err], [0, '']);
}

/** The scalars of a tag by step. */
function curveOf(events: readonly ReadEvent[], tag: string): [step: number, value: number][] {
  return events.flatMap(({ step, values }) =>
    values.flatMap((value): [number, number][] => (value.tag === tag ? [[step, value.scalar as number]] : [])),
  );
}

/** Every number in the metrics is in the event files, and nothing else. */
function assertSameAsMetrics(out: string): void {
  const events = readRun(out);
  const expected = new Map<string, [number, number][]>();
  const add = (tag: string, step: number, value: number) => {
    expected.set(tag, [...(expected.get(tag) ?? []), [step, Math.fround(value)]]);
  };
  for (const line of metricsOf(out)) {
    const step = line.globalStep as number;
    const numbers = (of: unknown) => Object.entries(of as Record<string, number>);
    if (line.type === 'step') {
      for (const [name, value] of numbers(line.losses))
        add(name === 'total' ? 'losses/loss' : `losses/loss_${name}`, step, value);
      add('losses/cum_avg_loss_epoch', step, line.epochLoss as number);
      add('learning_rate/lr', step, line.learningRate as number);
      add('global/memory_usage', step, (line.memoryBytes as number) / 1e6);
      add('global/speed', step, line.seconds as number);
      add('global/grad_norm', step, line.gradNorm as number);
      add('global/tokens_per_second', step, line.tokensPerSecond as number);
      add('global/epoch', step, line.epoch as number);
      add('global/seconds_left', step, line.secondsLeft as number);
    } else if (line.type === 'epoch') {
      add('epoch/loss', step, line.loss as number);
    } else if (line.type === 'evaluated') {
      const split = line.split === 'dev' ? 'validation' : 'test';
      for (const [name, value] of numbers(line.metrics)) add(`${split}/${name}`, step, value);
      const { classes } = line.report as { classes: { label: string; f1: number }[] };
      for (const { label, f1 } of classes) add(`${split}_f1/${label}`, step, f1);
    }
  }
  const tags = new Set(
    events.flatMap(({ values }) => values.flatMap(({ tag, scalar }) => (scalar === undefined ? [] : [tag]))),
  );
  assert.deepEqual([...tags].sort(), [...expected.keys()].sort());
  for (const [tag, curve] of expected) assert.deepEqual(curveOf(events, tag), curve, tag);
}

test('a distillation that is killed and resumed: the files of both processes together tell what the metrics tell', async () => {
  const config = await writeDistillation(folder, { tensorboard: 'scalars' });
  const out = join(folder, 'distill');
  const first = start(['distill', '--config', config, '--out', out, '--json']);
  assert.ok(await first.wrote(/"type":"step","globalStep":8/));
  first.child.kill('SIGKILL');
  await first.ended;
  // A record that the kill cut short.
  const [killed] = eventFiles(out) as [string];
  const records = readEvents(readFileSync(join(out, killed)));
  appendFileSync(join(out, killed), Buffer.from('4000000000000000', 'hex'));
  assert.equal(readEvents(readFileSync(join(out, killed))).length, records.length);

  await run('distill', '--out', out, '--resume');
  const files = eventFiles(out);
  assert.equal(files.length, 2);
  assert.equal(files[0], killed);
  const [, session] = readEvents(readFileSync(join(out, files[1] as string)));
  const from = metricsOf(out).findLast(({ type }) => type === 'started')?.globalStep as number;
  assert.ok(from >= 3, `it went on from ${from}`);
  assert.equal(session?.step, from + 1);
  assert.ok(
    records.some(({ step }) => step > from),
    'the first process was not ahead of its checkpoint',
  );
  assertSameAsMetrics(out);

  // The mean since an epoch began is the mean of that epoch when it ends.
  const lines = metricsOf(out);
  const ends = lines.filter(({ type }) => type === 'epoch');
  assert.deepEqual(
    ends.map(({ epoch }) => epoch),
    [1, 2, 3, 4],
  );
});

test('with one micro-batch a step, the mean of an epoch is that of its steps', async () => {
  const config = await writeDistillation(join(folder), { gradientAccumulationSteps: 1, logSteps: 1, numEpochs: 2 });
  const out = join(folder, 'means');
  await run('distill', '--config', config, '--out', out);
  const lines = metricsOf(out);
  let losses: number[] = [];
  let ends = 0;
  for (const { type, losses: found, epochLoss, loss } of lines) {
    const mean = () => losses.reduce((sum, value) => sum + value, 0) / losses.length;
    if (type === 'step') {
      losses.push((found as { total: number }).total);
      assert.ok(Math.abs((epochLoss as number) - mean()) < 1e-9);
    } else if (type === 'epoch') {
      assert.ok(Math.abs((loss as number) - mean()) < 1e-9);
      losses = [];
      ends++;
    }
  }
  assert.equal(ends, 2);
});

test('a fine-tuning: scores, settings, weights and gradients', async () => {
  const config = await writeFinetuning(folder, { maxSteps: 8, logSteps: 4 });
  const out = join(folder, 'finetune');
  await run('finetune', '--config', config, '--out', out);
  assertSameAsMetrics(out);
  const events = readRun(out);
  assert.equal(curveOf(events, 'test/accuracy').length, 1);
  const values = events.flatMap((event) => event.values);
  const settings = parseHParams(values.find(({ tag }) => tag === '_hparams_/session_start_info')?.content as Buffer);
  assert.deepEqual([settings.maxSteps, settings.metric, settings.groupByLength], [8, 'macro-f1', true]);
  assert.match(values.find(({ plugin }) => plugin === 'text')?.text ?? '', /\| learningRate \| `0\.001` \|/);
  assert.ok(values.some(({ tag }) => tag === '_hparams_/session_end_info'));

  const detailed = join(folder, 'detailed');
  await run('finetune', '--config', config, '--out', detailed, '--tensorboard', 'parameters');
  const all = readRun(detailed);
  const weight = 'distilbert.transformer.layer.0.attention.q_lin.weight';
  for (const kind of ['parameter_mean', 'parameter_std', 'grad_mean', 'grad_std']) {
    const curve = curveOf(all, `${kind}/${weight}`);
    assert.deepEqual(
      curve.map(([step]) => step),
      [4, 8],
      kind,
    );
    assert.ok(curve.every(([, value]) => Number.isFinite(value) && value !== 0));
    assert.notEqual(curve[0]?.[1], curve[1]?.[1]);
  }
  assert.deepEqual(curveOf(all, 'losses/loss'), curveOf(events, 'losses/loss'));
});

test('off: no file', async () => {
  const config = await writeFinetuning(folder, { maxSteps: 2 });
  const out = join(folder, 'off');
  await run('finetune', '--config', config, '--out', out, '--tensorboard', 'off');
  assert.deepEqual(eventFiles(out), []);
});

test('a clock that is put back an hour again and again disturbs neither order nor times, also over a resume', async () => {
  const config = await writeDistillation(folder, { numEpochs: 1, logSteps: 1, checkpointSteps: 1 });
  const out = join(folder, 'clock');
  const back = 'const now = Date.now; let hours = 0; Date.now = () => now() - 3_600_000 * hours++;';
  const preload = `data:text/javascript,${encodeURIComponent(back)}`;
  const env = { ...process.env, LANG: 'C', LC_ALL: 'C', NODE_OPTIONS: `--import ${preload}` };
  for (const more of [
    ['--max-steps', '2'],
    ['--resume', '--max-steps', '4'],
  ]) {
    const argv = ['distill', '--config', config, '--out', out, '--json', '--max-minutes', '5', ...more];
    const { code, err } = await start(argv, { env }).ended;
    assert.deepEqual([code, err], [0, '']);
  }
  const lines = metricsOf(out);
  const times = lines.map(({ time }) => time as number);
  assert.ok(
    times.some((time, i) => i > 0 && time < (times[i - 1] as number)),
    'the clock was not put back',
  );
  const steps = lines.filter(({ type }) => type === 'step');
  assert.deepEqual(
    steps.map(({ globalStep }) => globalStep),
    [1, 2, 3, 4],
  );
  for (const { seconds, secondsLeft } of steps) {
    assert.ok((seconds as number) > 0 && (seconds as number) < 300);
    assert.ok((secondsLeft as number) >= 0 && (secondsLeft as number) <= 300);
  }
  // The later process's file is read after the earlier one's, whatever their clocks said.
  const told = curveOf(readRun(out), 'losses/loss').map(([step]) => step);
  assert.deepEqual(told, [1, 2, 3, 4]);
});
