/** A sweep on the command line: what it compares, and that it goes on after it was killed. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { loadModel, saveModel } from '../../trainer-core/hub/modelFiles.js';
import type { SweepSummary } from '../../trainer-core/training/sweep/summary.js';
import { start } from '../support/commandLine.js';
import { metricsOf } from '../support/runFiles.js';
import { writeFinetuning } from '../support/tinyModels.js';

const folder = mkdtempSync(join(tmpdir(), 'sweep-'));
after(() => rmSync(folder, { recursive: true }));

let base: string;
before(async () => {
  base = await writeFinetuning(folder, { numEpochs: 2, patience: null });
});

function sweepFile(name: string, settings: object): string {
  const file = join(folder, `${name}.sweep.json`);
  writeFileSync(file, JSON.stringify({ base, ...settings }));
  return file;
}

const sweep = (config: string, out: string, ...more: string[]) =>
  start(['sweep', '--config', config, '--out', out, '--json', ...more]);
const summaryIn = (out: string) => JSON.parse(readFileSync(join(out, 'sweep.json'), 'utf8')) as SweepSummary;
const withoutTimes = ({ rows, ...summary }: SweepSummary) => ({
  ...summary,
  rows: rows.map(({ seconds: _, ...row }) => row),
});

test('a killed sweep goes on, keeps what was finished, and comes to the same', async () => {
  const config = sweepFile('rates', { grid: { learningRate: [1e-3, 1e-2] }, seeds: [1, 2] });
  const whole = join(folder, 'whole');
  assert.deepEqual((await sweep(config, whole).ended).code, 0);
  const killed = join(folder, 'killed');
  const first = sweep(config, killed);
  // In its second run, after a checkpoint.
  await first.wrote(/"run":2[\s\S]*"type":"checkpoint"/);
  first.child.kill('SIGKILL');
  await first.ended;
  const { code, out } = await sweep(config, killed).ended;
  assert.equal(code, 0);
  const told = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    told.flatMap((line) => (line.type === 'sweepRun' ? [line.run] : [])),
    [2, 3, 4],
  );
  const second = told.find(({ type }) => type === 'started');
  assert.ok((second?.globalStep as number) > 0, 'the second run was resumed');
  assert.deepEqual(withoutTimes(summaryIn(killed)), withoutTimes(summaryIn(whole)));
  assert.equal(readFileSync(join(killed, 'sweep.md'), 'utf8'), readFileSync(join(whole, 'sweep.md'), 'utf8'));
  assert.equal(readdirSync(whole).length, 6);
});

test('the best combination comes first, with mean and deviation over its seeds as the runs have them', async () => {
  const out = join(folder, 'whole');
  const { rows, metric, done } = summaryIn(out);
  assert.deepEqual([metric, done], ['macroF1', 4]);
  assert.ok(rows[0]!.dev!.mean >= rows[1]!.dev!.mean);
  for (const { name, dev } of rows) {
    const scores = [1, 2].map((seed) => {
      const dev = metricsOf(join(out, `${name}_seed-${seed}`)).filter((line) => line.split === 'dev' && line.best);
      return (dev.at(-1)!.metrics as { macroF1: number }).macroF1;
    });
    const mean = (scores[0]! + scores[1]!) / 2;
    assert.ok(Math.abs(dev!.mean - mean) < 1e-12);
    assert.ok(Math.abs(dev!.deviation! - Math.abs(scores[0]! - scores[1]!) / Math.SQRT2) < 1e-12);
  }
});

test('a run that diverges is marked, and the others go on', async () => {
  const good = join(folder, 'base');
  const model = await loadModel(good);
  model.weights.get('distilbert.embeddings.LayerNorm.weight')?.data.fill(Number.NaN, 3, 4);
  const broken = join(folder, 'broken');
  await saveModel(broken, { ...model, vocabFile: `${good}.vocab.txt` }, 'maskedLm');
  // Paths are relative to the file.
  const config = sweepFile('diverging', { grid: { model: ['broken', 'base'] } });
  const out = join(folder, 'diverging');
  const { code, err } = await sweep(config, out).ended;
  assert.deepEqual([code, err], [0, '']);
  assert.deepEqual(
    summaryIn(out).rows.map(({ name, failed, dev }) => [name, failed, dev === null]),
    [
      ['model-base', 0, false],
      ['model-broken', 1, true],
    ],
  );
});

test('runs of other settings are refused by name before anything is trained, and replaced with --fresh', async () => {
  const out = join(folder, 'changed');
  const first = sweepFile('changed', { grid: { batchSize: [8] } });
  await sweep(first, out).ended;
  const [run] = readdirSync(out).filter((name) => name.startsWith('batchSize'));
  const changed = join(folder, 'changed.finetune.json');
  writeFileSync(changed, JSON.stringify({ ...JSON.parse(readFileSync(base, 'utf8')), weightDecay: 0.1 }));
  writeFileSync(first, JSON.stringify({ base: changed, grid: { batchSize: [8] } }));
  const { code, err } = await sweep(first, out).ended;
  const said = JSON.parse(err);
  assert.deepEqual([code, said.code], [1, 'sweepRunDiffers']);
  assert.deepEqual(said.data, { folder: join(out, run!), keys: ['weightDecay'] });
  assert.equal((await sweep(first, out, '--fresh').ended).code, 0);
  assert.equal(JSON.parse(readFileSync(join(out, run!, 'config.json'), 'utf8')).weightDecay, 0.1);
});

test('wrong settings are told by file and line', async () => {
  const wrong = async (settings: object) => {
    const { code, err } = await sweep(sweepFile('wrong', settings), join(folder, 'none')).ended;
    assert.equal(code, 1);
    return JSON.parse(err) as { code: string; data: Record<string, unknown> };
  };
  const grid = await wrong({ grid: { learningRat: [1] } });
  assert.deepEqual(
    [grid.code, grid.data.key, grid.data.nearest],
    ['configUnknownKey', 'grid.learningRat', 'learningRate'],
  );
  const range = await wrong({ grid: { learningRate: [2] } });
  assert.deepEqual([range.code, range.data.key], ['configOutOfRange', 'grid.learningRate.0']);
  assert.equal((await wrong({})).data.reason, 'grid-or-random');
  assert.equal(
    (await wrong({ random: { learningRate: { from: 0, to: 1, scale: 'log' } } })).data.reason,
    'empty-range',
  );
});
