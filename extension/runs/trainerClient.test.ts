import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { openControlServer, type TrainerHandlers } from '../../trainer-core/service/controlServer.js';
import { requestTrainer, TrainerNotReachable } from './trainerClient.js';

const saved = { globalStep: 7, folder: '/runs/a/checkpoints/step-000007' };

describe('requestTrainer', () => {
  let folder: string;
  const asked: string[] = [];
  const handlers: TrainerHandlers = {
    stop() {
      asked.push('stop');
      return null;
    },
    async saveCheckpoint() {
      asked.push('saveCheckpoint');
      return saved;
    },
  };
  const writeState = (state: unknown) => writeFile(path.join(folder, 'state.json'), JSON.stringify(state));

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'client-'));
    asked.length = 0;
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('asks over the socket that state.json names', async () => {
    const server = await openControlServer(folder, handlers);
    await writeState({ objective: 'distill', status: 'running', pid: 1, socket: server.address });
    assert.equal(await requestTrainer(folder, 'stop'), null);
    assert.deepEqual(await requestTrainer(folder, 'saveCheckpoint'), saved);
    assert.deepEqual(asked, ['stop', 'saveCheckpoint']);
    await server.close();
    await assert.rejects(requestTrainer(folder, 'stop'), TrainerNotReachable);
  });

  it('does not take an answer of another shape', async () => {
    const server = await openControlServer(folder, { ...handlers, saveCheckpoint: () => ({}) as typeof saved });
    await writeState({ objective: 'distill', status: 'running', pid: 1, socket: server.address });
    await assert.rejects(requestTrainer(folder, 'saveCheckpoint'), TrainerNotReachable);
    await server.close();
  });

  it('hears when the trainer ends without an answer', async () => {
    const server = await openControlServer(folder, {
      ...handlers,
      saveCheckpoint() {
        setTimeout(() => void server.close(), 50);
        return new Promise(() => {});
      },
    });
    await writeState({ objective: 'distill', status: 'running', pid: 1, socket: server.address });
    await assert.rejects(requestTrainer(folder, 'saveCheckpoint'), TrainerNotReachable);
  });

  it('stops a trainer without a socket by a signal, and asks nothing else of it', async () => {
    const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)'], { stdio: 'ignore' });
    const exit = once(child, 'exit');
    await writeState({ objective: 'distill', status: 'running', pid: child.pid });
    await assert.rejects(requestTrainer(folder, 'saveCheckpoint'), TrainerNotReachable);
    assert.equal(await requestTrainer(folder, 'stop'), null);
    assert.equal((await exit)[1], 'SIGTERM');
  });

  it('sends nothing to a run that is over, is no run, or names no process', async () => {
    await assert.rejects(requestTrainer(folder, 'stop'), TrainerNotReachable);
    for (const state of [{ status: 'finished', pid: process.pid }, { status: 'running', pid: -1 }, null]) {
      await writeState(state);
      await assert.rejects(requestTrainer(folder, 'stop'), TrainerNotReachable);
    }
  });
});
