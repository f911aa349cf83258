/** The life and death of runs as a window sees them: real trainers, real folders. */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { DistilbertStudioApi } from '../../../extension/api.js';

const ID = 'distilbert-studio.distilbert-studio';
const WAIT_MS = 25_000;

describe('runs', () => {
  const folder = (name: string) => path.join(vscode.workspace.workspaceFolders![0]!.uri.fsPath, 'runs', name);
  const command = <T>(name: string, ...args: unknown[]) =>
    vscode.commands.executeCommand<T>(`distilbertStudio.${name}`, ...args);
  const long = () => folder('long');
  let api: DistilbertStudioApi;

  before(async () => {
    api = (await vscode.extensions.getExtension<DistilbertStudioApi>(ID)!.activate()) as DistilbertStudioApi;
    await command('runs.focus');
  });
  after(async () => {
    if (existsSync(long()) && state(long()).status === 'running') process.kill(state(long()).pid, 'SIGKILL');
    await vscode.commands.executeCommand('notifications.clearAll');
  });

  const find = async (name: string) => (await api.runs()).find((run) => run.name === name);

  it('are listed with what they came to', async () => {
    const [wiki, livedoor] = [await find('wiki'), await find('livedoor')];
    assert.deepEqual([wiki?.status, wiki?.globalStep, wiki?.totalSteps], ['running', 120, 4000]);
    assert.deepEqual([livedoor?.status, livedoor?.best], ['finished', { metric: 'macroF1', value: 0.9034 }]);
  });

  it('are found where settings hide them from searches', async () => {
    const files = vscode.workspace.getConfiguration('files');
    await files.update('exclude', { '**/runs': true }, vscode.ConfigurationTarget.Workspace);
    try {
      assert.equal((await find('livedoor'))?.status, 'finished');
    } finally {
      await files.update('exclude', undefined, vscode.ConfigurationTarget.Workspace);
    }
  });

  it('that another process starts appear and can be stopped', async () => {
    const root = vscode.workspace.workspaceFolders![0]!.uri.fsPath;
    const config = path.join(root, 'long.distill.json');
    const short = JSON.parse(readFileSync(path.join(root, 'wiki.distill.json'), 'utf8')) as object;
    writeFileSync(config, JSON.stringify({ ...short, maxSteps: 1_000_000, numEpochs: 1_000_000 }));
    const cli = path.join(vscode.extensions.getExtension(ID)!.extensionPath, 'dist', 'cli.js');
    spawn(process.execPath, [cli, 'distill', '--config', config, '--out', long(), '--json'], {
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '' },
      detached: true,
      stdio: 'ignore',
    }).unref();
    await until('the run trains', async () => ((await find('long'))?.globalStep ?? 0) > 2);
    assert.equal((await find('long'))?.status, 'running');
    await command('stopRun', long());
    assert.equal((await find('long'))?.status, 'stopped');
    assert.equal(isAlive(state(long()).pid), false);
  });

  it('go on in a new process when resumed, from where they were', async () => {
    const before = await find('long');
    assert.equal(await command('resumeRun', long()), long());
    await until('the run goes on', async () => ((await find('long'))?.globalStep ?? 0) > before!.globalStep);
    assert.equal((await find('long'))?.status, 'running');
  });

  it('save a checkpoint when asked', async () => {
    const saved = await command<{ globalStep: number; folder: string }>('saveCheckpoint', long());
    assert.ok(saved.globalStep > 0);
    assert.ok(existsSync(path.join(saved.folder, 'model.safetensors')));
  });

  it('are not resumed while they run', async () => {
    const { pid } = state(long());
    assert.equal(await command('resumeRun', long()), undefined);
    assert.equal(state(long()).pid, pid);
  });

  it('that are killed are said to be dead, and the notice resumes them', async function () {
    this.timeout(60_000);
    await vscode.commands.executeCommand('notifications.clearAll');
    const { pid } = state(long());
    process.kill(pid, 'SIGKILL');
    // Nobody asks: the window must notice by itself. Resume is the notice's first button; pressed again it would be Cancel.
    await sleep(6000);
    await vscode.commands.executeCommand('notification.acceptPrimaryAction');
    await until('a new trainer runs', async () => state(long()).pid !== pid && isAlive(state(long()).pid));
    await until('it is seen running', async () => (await find('long'))?.status === 'running');
  });

  it('show their log at its end', async () => {
    // A log that grows would move its end while we look.
    await command('stopRun', long());
    await command('showTrainerLog', long());
    const editor = vscode.window.activeTextEditor;
    assert.equal(editor?.document.fileName, path.join(long(), 'trainer.log'));
    assert.equal(editor.selection.active.line, editor.document.lineCount - 1);
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  });

  it('that cannot be resumed stay as they are', async () => {
    const config = path.join(long(), 'config.json');
    renameSync(config, `${config}.kept`);
    writeFileSync(config, '{ "learningRate": "fast" }');
    assert.equal(await command('resumeRun', long()), undefined);
    renameSync(`${config}.kept`, config);
    assert.equal((await find('long'))?.status, 'stopped');
    assert.ok(existsSync(path.join(long(), 'checkpoints')));
  });

  it('are compared without asking when several are given', async () => {
    await command('compareRuns', [folder('wiki'), folder('livedoor')]);
  });

  it('leave the list with their folder', async () => {
    rmSync(long(), { recursive: true });
    await until('it is gone', async () => (await find('long')) === undefined);
  });
});

function state(run: string): { status: string; pid: number } {
  return JSON.parse(readFileSync(path.join(run, 'state.json'), 'utf8')) as { status: string; pid: number };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + WAIT_MS; Date.now() < end; await sleep(200)) if (await isTrue()) return;
  assert.fail(`In ${WAIT_MS} ms it never came to it that ${what}.`);
}
