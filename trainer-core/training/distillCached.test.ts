import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, mock, test } from 'node:test';
import { assertSameRun, metricsOf } from '../../test/support/runFiles.js';
import { writeDistillation } from '../../test/support/tinyModels.js';
import { type DistillConfig, distillConfig } from '../protocol/distillConfig.js';
import { hasCode } from '../protocol/errors.js';
import type { JobStage } from '../protocol/jobs.js';
import { parseConfig } from '../protocol/parseConfig.js';
import { PREDICTIONS_FILE } from '../protocol/teacherCacheManifest.js';
import { firstPart } from './corpusSource.js';
import { distillTask, runDistill } from './distill.js';
import { estimateRun } from './estimate.js';
import { TeacherProgram } from './teacher.js';

const folder = mkdtempSync(join(tmpdir(), 'cached-'));
after(() => rmSync(folder, { recursive: true }));

const CACHES = join(folder, 'teacherCaches');
const SETTINGS = { alphaCos: 0, teacherTopK: 8, teacherCacheMasks: 2, logSteps: 1, checkpointSteps: 2, numEpochs: 3 };

async function configOf(changes: object = {}): Promise<DistillConfig> {
  const file = await writeDistillation(folder, { ...SETTINGS, ...changes });
  return parseConfig(distillConfig, readFileSync(file, 'utf8'), file);
}

/** Runs it, and counts how often a teacher is made ready and run. */
async function run(config: DistillConfig, out: string, { resume = false, stopAt = Number.POSITIVE_INFINITY } = {}) {
  const stop = new AbortController();
  const stages: JobStage[] = [];
  const compile = mock.method(TeacherProgram, 'compile');
  const runs = mock.method(TeacherProgram.prototype, 'run');
  try {
    await runDistill(config, {
      out: join(folder, out),
      resume,
      signal: stop.signal,
      onStage: (stage) => stages.push(stage),
      onEvent: (event) => {
        if (event.type === 'checkpoint' && event.globalStep >= stopAt) stop.abort();
      },
    });
    return { compiled: compile.mock.callCount(), teacherRuns: runs.mock.callCount(), stages };
  } finally {
    compile.mock.restore();
    runs.mock.restore();
  }
}

const lossesOf = (out: string) =>
  metricsOf(join(folder, out)).flatMap(({ type, losses }) =>
    type === 'step' ? [losses as Record<string, number>] : [],
  );

test('the teacher runs once for each drawing, and never again: not in later epochs, not in runs that agree', async () => {
  const first = await run(await configOf(), 'first');
  assert.equal(first.compiled, 2);
  assert.ok(first.teacherRuns > 0);
  assert.ok(first.stages.some(({ phase, done, total }) => phase === 'predicting' && done === total));
  assert.equal(readdirSync(CACHES).length, 2);
  const losses = lossesOf('first');
  assert.deepEqual(Object.keys(losses[0]!).sort(), ['ce', 'mlm', 'total']);
  assert.ok(losses.at(-1)!.ce! < losses[0]!.ce!);
  assert.match(
    readFileSync(join(folder, 'first', 'trainer.log'), 'utf8'),
    /the teacher's predictions are in .*: 8 pieces a row/,
  );

  const { compiled, teacherRuns } = await run(await configOf({ student: { layers: 2 }, learningRate: 1e-3 }), 'other');
  assert.deepEqual([compiled, teacherRuns], [0, 0]);
  assert.equal(readdirSync(CACHES).length, 2);

  const same = await run(await configOf(), 'same');
  assert.equal(same.teacherRuns, 0);
  assertSameRun(join(folder, 'same'), join(folder, 'first'));
});

test('what decides the predictions has a cache of its own, what does not has not', async () => {
  await run(await configOf({ numEpochs: 1 }), 'one');
  assert.equal(readdirSync(CACHES).length, 2);
  for (const [i, changes] of [
    { temperature: 3 },
    { seed: 5 },
    { teacherTopK: 9 },
    { restrictCeToMask: true },
  ].entries()) {
    await run(await configOf({ ...changes, numEpochs: 1, maxSteps: 1 }), `key-${i}`);
    assert.equal(readdirSync(CACHES).length, 3 + i);
  }
});

test('a resumed run goes on exactly, also when its cache is gone and has to be made anew', async () => {
  for (const restrictCeToMask of [false, true]) {
    const config = await configOf({ restrictCeToMask });
    const [whole, stopped] = [`whole-${restrictCeToMask}`, `stopped-${restrictCeToMask}`];
    await run(config, whole);
    await run(config, stopped, { stopAt: 4 });
    rmSync(CACHES, { recursive: true });
    const { teacherRuns } = await run(config, stopped, { resume: true });
    assert.ok(teacherRuns > 0);
    assertSameRun(join(folder, stopped), join(folder, whole));
  }
});

test('a damaged cache ends the run with a word; deleted, it is made anew', async () => {
  rmSync(CACHES, { recursive: true, force: true });
  const config = await configOf({ teacherCacheMasks: 1 });
  await run(config, 'sound');
  const cache = join(CACHES, readdirSync(CACHES)[0]!);
  const bytes = readFileSync(join(cache, PREDICTIONS_FILE));
  bytes[bytes.length >> 1]! ^= 1;
  writeFileSync(join(cache, PREDICTIONS_FILE), bytes);
  await assert.rejects(
    run(config, 'unsound'),
    (error) => hasCode(error, 'teacherCacheDamaged') && error.data.sequence !== null && error.data.folder === cache,
  );
  rmSync(cache, { recursive: true });
  await run(config, 'unsound', { resume: true });
  assertSameRun(join(folder, 'unsound'), join(folder, 'sound'));
});

test('more pieces than there are are refused', async () => {
  await assert.rejects(
    run(await configOf({ teacherTopK: 5000 }), 'too-many'),
    (error) => hasCode(error, 'configImpossible') && error.data.reason === 'top-k-over-vocabulary',
  );
});

test('an estimate counts what the cache takes, to the byte, and the time to fill it, and writes nothing', async () => {
  rmSync(CACHES, { recursive: true, force: true });
  const estimate = async (changes: object) => {
    const config = await configOf(changes);
    const { signal } = new AbortController();
    const prepare = (bytes: number) => distillTask(config, folder, firstPart(bytes, signal));
    return await estimateRun(prepare, config, { signal, onStage: () => {} });
  };
  const [without, cached] = [await estimate({ teacherTopK: null }), await estimate({ teacherCacheMasks: 1 })];
  assert.ok(!readdirSync(folder).includes('teacherCaches'));
  await run(await configOf({ teacherCacheMasks: 1 }), 'estimated');
  const cache = join(CACHES, readdirSync(CACHES)[0]!);
  const taken = ['predictions.bin', 'rows.bin'].reduce((sum, name) => sum + statSync(join(cache, name)).size, 0);
  assert.equal(cached.diskBytes - without.diskBytes, taken);
  assert.ok(cached.seconds > cached.totalSteps * cached.secondsPerStep);
});
