import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { RunReader } from './runSummary.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'run-'));
});
afterEach(() => rm(folder, { recursive: true }));

const readRunSummary = (of: string) => new RunReader(of, ({ code }) => code).read();

const step = (globalStep: number, total: number) =>
  JSON.stringify({
    type: 'step',
    globalStep,
    totalSteps: 9000,
    losses: { total },
    tokensPerSecond: 1200,
    secondsLeft: 61,
  });

async function write(state: unknown, lines: string[]): Promise<void> {
  await writeFile(path.join(folder, 'state.json'), JSON.stringify(state));
  await writeFile(path.join(folder, 'metrics.jsonl'), lines.join('\n'));
}

describe('RunReader', () => {
  it('takes the last whole line of each kind', async () => {
    const evaluated = (macroF1: number) =>
      JSON.stringify({ type: 'evaluated', globalStep: 1, split: 'dev', metrics: { macroF1 } });
    const torn = step(3, 1.5).slice(0, 20);
    await write({ objective: 'finetune', status: 'running', pid: process.pid }, [
      step(1, 3.5),
      evaluated(0.25),
      step(2, 2.5),
      evaluated(0.5),
      torn,
    ]);
    const run = await readRunSummary(folder);
    assert.ok(run);
    const { updatedMs, ...rest } = run;
    assert.ok(Math.abs(Date.now() - updatedMs) < 60_000);
    assert.deepEqual(rest, {
      folder,
      name: path.basename(folder),
      objective: 'finetune',
      status: 'running',
      globalStep: 2,
      totalSteps: 9000,
      loss: 2.5,
      best: { metric: 'macroF1', value: 0.5 },
      learningRate: null,
      tokensPerSecond: 1200,
      secondsLeft: 61,
      memoryBytes: null,
      device: null,
      deviceUsage: null,
      error: null,
      errorCode: null,
    });
  });

  it('tells the device that the process of the moment has, and how busy a card was at the last step', async () => {
    const device = { name: 'webgpu', description: 'A card' };
    const usage = { memoryUsedBytes: 5e9, utilization: 0.75 };
    const onCard = JSON.stringify({ ...JSON.parse(step(2, 2.5)), device: usage });
    await write({ objective: 'distill', status: 'running', pid: process.pid, device }, [step(1, 3), onCard, '']);
    const run = await readRunSummary(folder);
    assert.deepEqual(run?.device, device);
    assert.deepEqual(run?.deviceUsage, usage);
  });

  it('reads the end of a file longer than it reads', async () => {
    const lines = Array.from({ length: 12_000 }, (_, index) => step(index + 1, 10 - index / 2000));
    await write({ objective: 'distill', status: 'finished', pid: 1 }, [...lines, '']);
    const run = await readRunSummary(folder);
    assert.equal(run?.globalStep, 12_000);
    assert.equal(run?.status, 'finished');
    assert.equal(run?.secondsLeft, null);
  });

  it('calls a run interrupted whose process is gone', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    await write({ objective: 'distill', status: 'running', pid }, [step(1, 2), '']);
    assert.equal((await readRunSummary(folder))?.status, 'interrupted');
  });

  it('believes a process with a socket only while it listens, for the pid may be another program now', async () => {
    const socket = path.join(folder, 'control.sock');
    const server = createServer().listen(socket);
    await once(server, 'listening');
    await write({ objective: 'distill', status: 'running', pid: process.pid, socket }, [step(1, 2)]);
    assert.equal((await readRunSummary(folder))?.status, 'running');
    server.close();
    await once(server, 'close');
    assert.equal((await readRunSummary(folder))?.status, 'interrupted');
  });

  it('connects to nothing but a socket by its path', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    let connections = 0;
    server.on('connection', () => connections++);
    await write({ objective: 'distill', status: 'running', pid: process.pid, socket: String(port) }, [step(1, 2)]);
    assert.equal((await readRunSummary(folder))?.status, 'interrupted');
    assert.equal(connections, 0);
    server.close();
  });

  it('does not call a trainer dead that closed its socket and is about to say how it ended', async () => {
    const state = { objective: 'distill', pid: process.pid, socket: path.join(folder, 'closed.sock') };
    await write({ ...state, status: 'running' }, [step(1, 2)]);
    const reading = readRunSummary(folder);
    await sleep(300);
    await write({ ...state, status: 'stopped' }, [step(1, 2)]);
    assert.equal((await reading)?.status, 'stopped');
  });

  it('shows a run that has a state and no metrics yet, and why one failed', async () => {
    const error = { code: 'fileNotFound', data: { file: 'x' } };
    await writeFile(
      path.join(folder, 'state.json'),
      JSON.stringify({ objective: 'pretrain', status: 'failed', pid: 1, error }),
    );
    const run = await readRunSummary(folder);
    assert.deepEqual([run?.status, run?.globalStep, run?.totalSteps, run?.error], ['failed', 0, null, 'fileNotFound']);
  });

  it('does not take the state of another program for a run', async () => {
    await write({ state: 'something else' }, [step(1, 2)]);
    assert.equal(await readRunSummary(folder), undefined);
    await write(null, []);
    assert.equal(await readRunSummary(folder), undefined);
  });
});
