import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { testTerminal } from '../../test/support/testTerminal.js';
import { distillConfig } from '../protocol/distillConfig.js';
import { finetuneConfig } from '../protocol/finetuneConfig.js';
import { loadConfig } from './configOptions.js';
import { runProgram } from './program.js';
import { writeSampleWorkspace } from './sampleData.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sample-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('sample', () => {
  it('writes a folder whose configs find everything they name', async () => {
    const terminal = testTerminal();
    assert.equal(await runProgram(['sample', '--out', folder, '--json'], terminal, '1.2.3'), 0);
    assert.deepEqual(JSON.parse(terminal.stdout.text), { type: 'sample', folder });

    const distill = await loadConfig(distillConfig, join(folder, 'sample.distill.json'), [], 'distill');
    const { model, train, dev, test } = await loadConfig(
      finetuneConfig,
      join(folder, 'sample.finetune.json'),
      [],
      'finetune',
    );
    for (const path of [distill.teacher, ...distill.corpus, model, train, dev ?? '', test ?? '']) {
      assert.ok(path.startsWith(folder), path);
      assert.ok(statSync(path).size > 0, path);
    }
    const rows = (file: string) => readFileSync(file, 'utf8').trimEnd().split('\n').length - 1;
    assert.deepEqual([rows(train), rows(dev ?? ''), rows(test ?? '')], [630, 90, 180]);
    for (const part of ['wiki', 'livedoor']) assert.ok(statSync(join(folder, part, 'CREDITS.md')).isFile());
  });

  it('leaves what is there alone and adds what is missing', async () => {
    writeFileSync(join(folder, 'sample.distill.json'), 'mine');
    await writeSampleWorkspace(folder, new AbortController().signal);
    assert.equal(readFileSync(join(folder, 'sample.distill.json'), 'utf8'), 'mine');
    rmSync(join(folder, 'livedoor', 'dev.tsv'));
    await writeSampleWorkspace(folder, new AbortController().signal);
    assert.ok(statSync(join(folder, 'livedoor', 'dev.tsv')).isFile());
  });

  it('stops between two files', async () => {
    await assert.rejects(writeSampleWorkspace(folder, AbortSignal.abort()), { name: 'AbortError' });
  });
});
