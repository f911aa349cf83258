/** `export --to onnx` as a process: what it says, what a kill leaves behind, and what is refused. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { JobProgress, JobResult } from '../../trainer-core/protocol/jobs.js';
import { failureOf, start } from '../support/commandLine.js';
import { writeClassifier, writeTsv } from '../support/tinyModels.js';

const folder = mkdtempSync(join(tmpdir(), 'export-onnx-'));
after(() => rmSync(folder, { recursive: true }));

const model = join(folder, 'model');
const dev = join(folder, 'dev.tsv');
const LOSSY = ['--to', 'onnx', '--precision', 'fp32', 'int8', '--dev', dev, '--max-drop', '100'];

before(async () => {
  await writeClassifier(model, 'distilbert');
  writeTsv(dev, 200);
});

test('figures come as one JSON line at the end, and as a table of at most 80 columns for people', async () => {
  const out = join(folder, 'out');
  const { code, out: said, err } = await start(['export', '--model', model, '--out', out, ...LOSSY, '--json']).ended;
  assert.deepEqual([code, err], [0, '']);
  const lines = said.trimEnd().split('\n');
  const { type, files, dev: measured } = JSON.parse(lines.at(-1)!) as Extract<JobResult, { type: 'onnx' }>;
  assert.deepEqual([type, measured], ['onnx', { file: dev, examples: 200 }]);
  assert.deepEqual(
    files.map(({ precision, file }) => [precision, file]),
    [
      ['fp32', 'onnx/model.onnx'],
      ['int8', 'onnx/model_quantized.onnx'],
    ],
  );
  const phases = new Set(lines.slice(0, -1).map((line) => (JSON.parse(line) as JobProgress).phase));
  assert.deepEqual([...phases], ['loading', 'copying', 'measuring', 'timing']);

  for (const lang of ['en', 'ja']) {
    const people = await start(['export', '--model', model, '--out', out, ...LOSSY, '--lang', lang]).ended;
    assert.equal(people.code, 0);
    assert.match(people.out, /fp32 .* ms .* %\nint8 .* ms .* %\n/);
    const rows = people.out.split('\n').filter((line) => /^(fp32|int8)/.test(line));
    assert.ok(rows.every((line) => line.length <= 80));
  }
});

for (const phase of ['copying', 'measuring']) {
  test(`killed while ${phase}, it leaves nothing that looks whole, and the next export clears up`, async () => {
    const home = join(folder, phase);
    mkdirSync(home);
    const out = join(home, 'out');
    const run = start(['export', '--model', model, '--out', out, ...LOSSY, '--json']);
    assert.ok(await run.wrote(new RegExp(`"phase":"${phase}"`)));
    run.child.kill('SIGKILL');
    assert.equal((await run.ended).code, null);
    assert.ok(!existsSync(out));
    assert.ok(readdirSync(home).every((name) => name.startsWith('.out.')));
    assert.equal((await start(['export', '--model', model, '--out', out, ...LOSSY]).ended).code, 0);
    assert.deepEqual(readdirSync(home), ['out']);
  });
}

test('what cannot be exported, or trained on, is told with what to do instead', async () => {
  const out = join(folder, 'refused');
  const unmeasured = await failureOf<'exportNeedsDev'>(
    'export',
    '--model',
    model,
    '--out',
    out,
    '--to',
    'onnx',
    '--precision',
    'int8',
  );
  assert.deepEqual([unmeasured.code, unmeasured.data], ['exportNeedsDev', { precision: 'int8' }]);
  assert.match(unmeasured.text, /--dev FILE/);
  const plain = await failureOf<'exportNeedsOnnx'>('export', '--model', model, '--out', out, '--precision', 'int8');
  assert.deepEqual([plain.code, plain.data], ['exportNeedsOnnx', { option: '--precision' }]);
  const typo = await failureOf('export', '--model', model, '--out', out, '--to', 'onnx', '--precision', 'int4');
  assert.match(typo.text, /--precision: .*fp32.*fp16.*int8.*int4/);
  assert.ok(!existsSync(out));

  const exported = join(folder, 'quantised');
  assert.equal((await start(['export', '--model', model, '--out', exported, ...LOSSY]).ended).code, 0);
  const run = join(folder, 'run');
  const trained = await failureOf<'modelIsExported'>(
    'finetune',
    '--model',
    exported,
    '--train',
    dev,
    '--dev',
    dev,
    '--out',
    run,
  );
  assert.deepEqual([trained.code, trained.data], ['modelIsExported', { folder: exported, found: 'onnx' }]);
  assert.match(trained.text, /cannot be trained.*exported from/);
  const read = await failureOf<'modelIsExported'>('evaluate', '--model', exported, '--data', dev);
  assert.equal(read.code, 'modelIsExported');
});
