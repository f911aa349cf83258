import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from '../protocol/errors.js';
import type { NamedTensors } from '../protocol/tensor.js';
import { isLeftover } from './atomicWrite.js';
import { createRun, openRun, type RunFolder } from './runFolder.js';

const root = mkdtempSync(join(tmpdir(), 'run-'));
after(() => rmSync(root, { recursive: true }));
let runs = 0;
const STATE = { status: 'running' };
const freshRun = () => createRun(join(root, String(runs++)), { objective: 'distill', seed: 56 }, STATE);

/** Tensors that tell of their step. */
function contents(step: number, elements = 1000) {
  const tensors = (name: string): NamedTensors =>
    new Map([[name, { dims: [elements], data: new Float32Array(elements).fill(step + 0.1) }]]);
  return { model: tensors('w'), optimizer: tensors('w.exp_avg'), state: { globalStep: step, loss: 0.1 + 0.2 } };
}

async function withCheckpoints(...steps: number[]): Promise<RunFolder> {
  const run = await freshRun();
  for (const step of steps) await run.saveCheckpoint(step, contents(step));
  return run;
}

function flipByte(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at]! ^= 1;
  writeFileSync(file, bytes);
}

function replaceText(file: string, from: string, to: string): void {
  const text = readFileSync(file, 'utf8');
  assert.ok(text.includes(from));
  writeFileSync(file, text.replace(from, to));
}

const stepsOf = async (run: RunFolder) => (await run.listCheckpoints()).map(({ step }) => step);

test('a run is created once, in an empty folder, and found again', async () => {
  const run = await freshRun();
  await run.writeState({ phase: 'training', globalStep: 3 });
  const again = await openRun(run.folder);
  assert.deepEqual(again.config, { objective: 'distill', seed: 56 });
  assert.deepEqual(await again.readState(), { phase: 'training', globalStep: 3 });
  await assert.rejects(createRun(run.folder, {}, STATE), (error) => hasCode(error, 'runFolderNotEmpty'));
  await assert.rejects(openRun(join(root, 'none')), (error) => hasCode(error, 'runNotFound'));
  mkdirSync(join(root, 'empty'));
  await assert.rejects(openRun(join(root, 'empty')), (error) => hasCode(error, 'runNotFound'));
  assert.deepEqual(await (await createRun(join(root, 'empty'), {}, STATE)).readState(), STATE);
});

test('a run that was killed before it had a config begins anew', async () => {
  const folder = join(root, 'killed');
  mkdirSync(folder);
  writeFileSync(join(folder, 'state.json'), '{}');
  await assert.rejects(openRun(folder), (error) => hasCode(error, 'runNotFound'));
  const run = await createRun(folder, { seed: 1 }, STATE);
  assert.deepEqual([run.config, await run.readState()], [{ seed: 1 }, STATE]);
});

test('a checkpoint comes back bit for bit', async () => {
  const run = await withCheckpoints(500);
  assert.deepEqual(readdirSync(join(run.folder, 'checkpoints')), ['step-000500']);
  const loaded = (await (await openRun(run.folder)).loadLastCheckpoint())!;
  assert.equal(loaded.step, 500);
  assert.deepEqual({ model: loaded.model, optimizer: loaded.optimizer, state: loaded.state }, contents(500));
});

test('checkpoints are in the order of their steps, and other names are passed over', async () => {
  const run = await withCheckpoints(1_000_000, 2, 999_999);
  mkdirSync(join(run.folder, 'checkpoints', 'step-old'));
  assert.deepEqual(await stepsOf(run), [2, 999_999, 1_000_000]);
  assert.equal((await run.loadLastCheckpoint())?.step, 1_000_000);
  assert.equal(await (await freshRun()).loadLastCheckpoint(), null);
});

const damages: [string, (folder: string) => void, RegExp][] = [
  [
    'a changed weight',
    (folder) => flipByte(join(folder, 'model.safetensors'), 2000),
    /model.safetensors does not match/,
  ],
  [
    'a cut-off optimizer',
    (folder) => truncateSync(join(folder, 'optimizer.safetensors'), 500),
    /optimizer.safetensors does/,
  ],
  ['a missing model', (folder) => rmSync(join(folder, 'model.safetensors')), /model.safetensors is missing/],
  ['a missing state', (folder) => rmSync(join(folder, 'trainer_state.json')), /trainer_state.json is missing/],
  [
    'a changed state',
    (folder) => replaceText(join(folder, 'trainer_state.json'), '"globalStep": 2', '"globalStep": 3'),
    /trainer_state.json does not match/,
  ],
  [
    'an empty state',
    (folder) => writeFileSync(join(folder, 'trainer_state.json'), 'null'),
    /trainer_state.json does not/,
  ],
];
for (const [what, damage, pattern] of damages) {
  test(`a checkpoint with ${what} is reported and the one before used`, async () => {
    const run = await withCheckpoints(1, 2);
    damage(join(run.folder, 'checkpoints', 'step-000002'));
    const told: [number, string][] = [];
    const loaded = await run.loadLastCheckpoint(({ step }, reason) => told.push([step, reason]));
    assert.equal(loaded?.step, 1);
    assert.equal(told.length, 1);
    assert.equal(told[0]![0], 2);
    assert.match(told[0]![1], pattern);
    // Training on comes to the same step again and puts a whole checkpoint in place of the damaged one.
    await run.saveCheckpoint(2, contents(2));
    assert.equal((await run.loadLastCheckpoint(() => assert.fail('damaged')))?.step, 2);
  });
}

test('pruning keeps the newest', async () => {
  const run = await withCheckpoints(1, 2, 3, 4);
  assert.deepEqual(await run.pruneCheckpoints(2), [2, 1]);
  assert.deepEqual(await stepsOf(run), [3, 4]);
  assert.deepEqual(await run.pruneCheckpoints(0), [3]);
  assert.deepEqual(await run.pruneCheckpoints(5), []);
  assert.deepEqual(await stepsOf(run), [4]);
});

test('pruning never deletes the only good checkpoint', async () => {
  const run = await withCheckpoints(1, 2, 3, 4);
  for (const step of [3, 4]) flipByte(join(run.folder, 'checkpoints', `step-00000${step}`, 'model.safetensors'), 900);
  assert.deepEqual(await run.pruneCheckpoints(1), [3, 1]);
  assert.deepEqual(await stepsOf(run), [2, 4]);
  assert.equal((await run.loadLastCheckpoint())?.step, 2);
});

test('metrics are read in order, in one line each, also when added all at once', async () => {
  const run = await freshRun();
  await Promise.all(
    Array.from({ length: 50 }, (_, i) => run.appendMetrics({ globalStep: i, loss: i / 3, note: 'あ\n' })),
  );
  const records = await run.readMetrics();
  assert.deepEqual(
    records.map((record) => record.globalStep),
    Array.from({ length: 50 }, (_, i) => i),
  );
  assert.equal(records[7]!.loss, 7 / 3);
  assert.equal(readFileSync(join(run.folder, 'metrics.jsonl'), 'utf8').split('\n').length, 51);
  await run.close();
});

test('a torn last line is passed over on reading and cut off by the next append', async () => {
  const run = await freshRun();
  await run.appendMetrics({ globalStep: 1 });
  await run.close();
  const file = join(run.folder, 'metrics.jsonl');
  // Torn inside a character: a byte of あ is missing.
  appendFileSync(file, Buffer.concat([Buffer.from('{"globalStep":2,"note":"'), Buffer.from('あ').subarray(0, 2)]));
  assert.deepEqual(await run.readMetrics(), [{ globalStep: 1 }]);
  const again = await openRun(run.folder);
  await again.appendMetrics({ globalStep: 2 });
  await again.close();
  assert.equal(readFileSync(file, 'utf8'), '{"globalStep":1}\n{"globalStep":2}\n');
});

test('resuming drops the metrics after the step and what killed processes left', async () => {
  const run = await freshRun();
  for (let step = 1; step <= 9; step++) await run.appendMetrics({ globalStep: step });
  appendFileSync(join(run.folder, 'metrics.jsonl'), '{"globalStep":10,"lo');
  mkdirSync(join(run.folder, `.best.writing-${process.pid}-0123456789ab`));
  await run.resumeFrom(6);
  await run.appendMetrics({ globalStep: 7, again: true });
  assert.deepEqual((await run.readMetrics()).slice(-2), [{ globalStep: 6 }, { globalStep: 7, again: true }]);
  assert.deepEqual(readdirSync(run.folder).filter(isLeftover), []);
  await run.close();
});

/** Saves checkpoints and metrics without end, from the step given, saying each step once it is safe. */
const saver = `
  const { openRun } = await import(process.argv[1]);
  const run = await openRun(process.argv[2]);
  for (let step = Number(process.argv[3]) + 1; ; step++) {
    const tensors = (name) => new Map([[name, { dims: [300_000], data: new Float32Array(300_000).fill(step) }]]);
    await run.appendMetrics({ globalStep: step, text: 'x'.repeat(2000) });
    await run.saveCheckpoint(step, { model: tensors('w'), optimizer: tensors('m'), state: { globalStep: step } });
    // The same step once more, so that the swap of two folders is hit as well.
    await run.saveCheckpoint(step, { model: tensors('w'), optimizer: tensors('m'), state: { globalStep: step } });
    await run.pruneCheckpoints(1);
    process.stdout.write(step + '\\n');
  }
`;

test('after kill -9 at any moment the run opens to a good checkpoint, none lost that was safe', async () => {
  const run = await freshRun();
  let step = 0;
  for (let round = 0; round < 25; round++) {
    const program = ['--input-type=module', '-e', saver, new URL('./runFolder.js', import.meta.url).href];
    const child = spawn(process.execPath, [...program, run.folder, String(step)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let safe = step;
    child.stdout.on('data', (chunk: Buffer) => {
      safe = Number(chunk.toString().trim().split('\n').at(-1));
    });
    await once(child.stdout, 'data');
    await sleep((round * 7) % 60);
    child.kill('SIGKILL');
    await once(child, 'close');

    const reopened = await openRun(run.folder);
    const loaded = await reopened.loadLastCheckpoint(() => assert.fail('a damaged checkpoint stood under its name'));
    assert.ok(loaded !== null && loaded.step >= safe, `step ${loaded?.step} after ${safe} was safe`);
    assert.ok(loaded.model.get('w')!.data.every((value) => value === loaded.step));
    await reopened.resumeFrom(loaded.step);
    const metrics = await reopened.readMetrics();
    assert.deepEqual(
      metrics.map((record) => record.globalStep),
      Array.from({ length: loaded.step }, (_, i) => i + 1),
    );
    const names = [...readdirSync(run.folder), ...readdirSync(join(run.folder, 'checkpoints'))];
    assert.deepEqual(names.filter(isLeftover), []);
    step = loaded.step;
  }
});
