/** A running trainer does what it is asked over its socket, keeps its run to itself, and outlives whoever started it. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { requestTrainer, TrainerNotReachable } from '../../extension/runs/trainerClient.js';
import { PROGRAM, type Started, start } from '../support/commandLine.js';
import { assertSameRun, metricsOf, startedIn, stateOf } from '../support/runFiles.js';
import { writeDistillation } from '../support/tinyModels.js';

const folder = mkdtempSync(join(tmpdir(), 'control-'));
after(() => rmSync(folder, { recursive: true }));

let config: string;
before(async () => {
  config = await writeDistillation(folder, { checkpointSteps: 1_000_000, logSteps: 1, numEpochs: 20 });
});

/** Ends by itself only where a test fails before it stops the run. */
const endless = ['--num-epochs', '100000', '--max-minutes', '2'];

/** Starts a distillation and waits until it trains. */
async function training(out: string, ...more: string[]): Promise<Started> {
  const run = start(['distill', '--config', config, '--out', out, '--json', ...more]);
  if (!(await run.wrote(/"type":"step"/))) assert.fail((await run.ended).err);
  return run;
}

async function kill({ child, ended }: Started): Promise<void> {
  child.kill('SIGKILL');
  await ended;
}

describe('the socket of a run', () => {
  test('stops it: the step is finished and saved, and the socket is gone', async () => {
    const out = join(folder, 'stopped');
    const run = await training(out, ...endless);
    const { pid, socket } = stateOf(out);
    assert.equal(pid, run.child.pid);
    assert.equal(statSync(socket as string).mode & 0o777, 0o600);
    assert.equal(await requestTrainer(out, 'stop'), null);
    const { code, err } = await run.ended;
    assert.deepEqual([code, err], [1, '']);
    const { corpus: _, device, ...state } = stateOf(out);
    assert.deepEqual(state, { objective: 'distill', status: 'stopped', pid });
    assert.equal((device as { name: string }).name, 'cpu');
    assert.ok(!existsSync(socket as string));
    const { globalStep } = metricsOf(out).at(-1) as { globalStep?: number };
    assert.deepEqual(readdirSync(join(out, 'checkpoints')), [`step-${String(globalStep).padStart(6, '0')}`]);
    await assert.rejects(requestTrainer(out, 'stop'), TrainerNotReachable);
  });

  test('saves a checkpoint; killed with -9 and resumed from it, the run ends as if nothing had happened', async () => {
    const whole = join(folder, 'whole');
    assert.equal((await start(['distill', '--config', config, '--out', whole, '--json']).ended).code, 0);
    assert.ok(metricsOf(whole).every(({ type, memoryBytes }) => type !== 'step' || Number(memoryBytes) > 2 ** 20));

    const out = join(folder, 'saved');
    const run = await training(out);
    const saved = await requestTrainer(out, 'saveCheckpoint');
    await kill(run);
    assert.equal(saved.folder, join(out, 'checkpoints', `step-${String(saved.globalStep).padStart(6, '0')}`));
    assert.deepEqual(readdirSync(join(out, 'checkpoints')), [saved.folder.split('/').at(-1)]);
    const left = stateOf(out);
    assert.ok(left.status === 'running' && existsSync(left.socket as string));

    // The id of the killed process may be another's by now: nobody answers at the socket, so the run is free.
    writeFileSync(join(out, 'state.json'), JSON.stringify({ ...left, pid: process.pid }));
    const resumed = await start(['distill', '--out', out, '--resume', '--json']).ended;
    assert.deepEqual([resumed.code, resumed.err], [0, '']);
    assert.equal(startedIn(resumed.out).globalStep, saved.globalStep);
    assertSameRun(out, whole);
  });
});

test('a run whose trainer lives is neither gone on with nor replaced', async () => {
  const out = join(folder, 'busy');
  const run = await training(out, ...endless);
  for (const flag of ['--resume', '--fresh']) {
    const { code, err } = await start(['distill', '--config', config, '--out', out, flag, '--json']).ended;
    const said = JSON.parse(err);
    assert.deepEqual([code, said.code, said.data], [1, 'runBusy', { folder: out, pid: run.child.pid }]);
    // How to watch it and how to stop it.
    assert.match(said.action, new RegExp(`Runs view.*kill -TERM ${run.child.pid}\\b`));
  }
  const before_ = metricsOf(out).length;
  await requestTrainer(out, 'saveCheckpoint');
  assert.ok(metricsOf(out).length > before_, 'it goes on');

  // Whoever comes before it has said that it runs again finds its socket taken.
  const said = stateOf(out);
  writeFileSync(join(out, 'state.json'), JSON.stringify({ ...said, status: 'stopped' }));
  const late = await start(['distill', '--out', out, '--resume', '--json']).ended;
  assert.deepEqual([late.code, JSON.parse(late.err).code], [1, 'runBusy']);
  writeFileSync(join(out, 'state.json'), JSON.stringify(said));
  await kill(run);

  // Without a socket the process is all there is to go by.
  const { socket: _, ...state } = stateOf(out);
  writeFileSync(join(out, 'state.json'), JSON.stringify({ ...state, pid: process.pid }));
  const { err } = await start(['distill', '--out', out, '--resume', '--json']).ended;
  assert.equal(JSON.parse(err).code, 'runBusy');
});

test('a log that was there first is added to, by a new run and by one in its place', async () => {
  const out = join(folder, 'logged');
  const log = join(out, 'trainer.log');
  mkdirSync(out);
  writeFileSync(log, 'before\n');
  const args = ['distill', '--config', config, '--out', out, '--json', '--max-steps', '2'];
  assert.equal((await start(args).ended).code, 0);
  const first = readFileSync(log, 'utf8');
  // The run that builds the corpus tells of that first.
  assert.match(
    first,
    /^before\n(\S+ the corpus is being built in .*\n)?\S+ started at step 0\n[\s\S]* finished at step 2\n$/,
  );
  writeFileSync(join(out, 'notes.txt'), 'of the run that is replaced');

  assert.equal((await start([...args, '--fresh']).ended).code, 0);
  const both = readFileSync(log, 'utf8');
  assert.ok(both.startsWith(first) && both.length > first.length);
  assert.ok(!existsSync(join(out, 'notes.txt')));
  assert.equal(metricsOf(out).filter(({ type }) => type === 'started').length, 1);
});

test('a detached trainer outlives whoever started it, and hangs on to its log', async () => {
  const out = join(folder, 'detached');
  mkdirSync(out);
  const argv = [PROGRAM, 'distill', '--config', config, '--out', out, '--json', ...endless];
  const log = openSync(join(out, 'trainer.log'), 'a');
  // As the extension does it, in a process that can be killed.
  const script = `
    const stdio = ['ignore', 'ignore', 3];
    require('node:child_process').spawn(process.execPath, ${JSON.stringify(argv)}, { cwd: ${JSON.stringify(out)}, detached: true, stdio });
    setInterval(() => {}, 1000);`;
  const parent: ChildProcess = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'ignore', 'inherit', log] });
  closeSync(log);
  const steps = () => (existsSync(join(out, 'metrics.jsonl')) ? metricsOf(out).length : 0);
  while (steps() < 3) await sleep(20);
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  const { pid } = stateOf(out);
  process.kill(pid, 'SIGHUP');
  const then = steps();
  while (steps() < then + 3) await sleep(20);
  await requestTrainer(out, 'stop');
  while (stateOf(out).status === 'running') await sleep(20);
  assert.equal(stateOf(out).status, 'stopped');
  // The log is told after the state, and is the last thing to be told.
  const told = () => readFileSync(join(out, 'trainer.log'), 'utf8');
  for (let waitedMs = 0; !told().includes('stopped') && waitedMs < 10_000; waitedMs += 20) await sleep(20);
  assert.match(told(), /stopped at step \d+\n$/);
});
