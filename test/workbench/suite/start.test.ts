/** What leads to a run, as far as it can be answered here: a test host refuses modal dialogs, so the cost is confirmed in ui/start.mjs. */

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';

describe('starting', () => {
  const root = () => vscode.workspace.workspaceFolders![0]!.uri.fsPath;
  const at = (...names: string[]) => path.join(root(), ...names);
  const command = <T>(name: string, ...args: unknown[]) =>
    vscode.commands.executeCommand<T>(`distilbertStudio.${name}`, ...args);
  const runs = () => readdirSync(at('runs')).sort();

  after(() => vscode.commands.executeCommand('notifications.clearAll'));

  it('a config with a fault starts nothing', async () => {
    const file = at('faulty.distill.json');
    writeFileSync(file, '{\n  "teacher": "teacher",\n  "corpsu": ["news.txt"]\n}\n');
    const before = runs();
    assert.equal(await command('startDistillation', vscode.Uri.file(file)), undefined);
    assert.deepEqual(runs(), before);
    rmSync(file);
  });

  it('a new fine-tuning asks, and writes its config beside the data, over nothing', async () => {
    mkdirSync(at('tables'));
    for (const split of ['train', 'dev', 'test']) writeFileSync(at('tables', `${split}.tsv`), '楽しい\tp\n暗い\tn\n');
    writeFileSync(at('tables', 'train.finetune.json'), '{}');
    await answered(command('startFineTuning'), [1, 0, 0, 0, 0, 0]);
    assert.equal(readFileSync(at('tables', 'train.finetune.json'), 'utf8'), '{}');
    const config = JSON.parse(readFileSync(at('tables', 'train-2.finetune.json'), 'utf8')) as Record<string, unknown>;
    const { model, train, dev, test, batchSize } = config;
    assert.deepEqual([train, dev, test], ['train.tsv', 'dev.tsv', 'test.tsv']);
    assert.ok(existsSync(path.resolve(at('tables'), String(model), 'config.json')), String(model));
    assert.equal(typeof batchSize, 'number');
    rmSync(at('tables'), { recursive: true });
  });

  it('an imported model goes into the models folder, a second one beside it', async () => {
    for (const name of ['teacher', 'teacher-2']) {
      assert.equal(await command('importModel', at('teacher')), at('models', name));
      assert.ok(existsSync(at('models', name, 'model.safetensors')));
    }
    rmSync(at('models'), { recursive: true });
  });

  it('the device is one of this machine, kept in the settings of the workspace', async () => {
    const settings = () => vscode.workspace.getConfiguration('distilbertStudio').inspect('device')?.workspaceValue;
    assert.equal(await firstDevice(command('selectDevice')), 'cpu');
    assert.equal(settings(), 'cpu');
    await vscode.workspace
      .getConfiguration('distilbertStudio')
      .update('device', undefined, vscode.ConfigurationTarget.Workspace);
  }).timeout(120_000);
});

/** Takes the entry after `auto`, as soon as the devices are listed; each is tried first, which takes its time. */
async function firstDevice(command: Thenable<unknown>): Promise<unknown> {
  let done = false;
  void command.then(() => {
    done = true;
  });
  for (let attempt = 0; !done && attempt < 60; attempt++) {
    await sleep(1500);
    if (done) break;
    await vscode.commands.executeCommand('workbench.action.quickOpenSelectNext');
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
  }
  return await command;
}

/** In one quick pick after another goes this many entries down and accepts, until the command goes on; none has an event for being shown. */
async function answered<T>(command: Thenable<T>, moves: readonly number[]): Promise<T> {
  for (const down of moves) {
    await sleep(1500);
    for (let i = 0; i < down; i++) await vscode.commands.executeCommand('workbench.action.quickOpenSelectNext');
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
  }
  return await command;
}
