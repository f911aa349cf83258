import assert from 'node:assert/strict';
import {
  appendFileSync,
  existsSync,
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
import { mountSmallDisk, remount } from '../../test/support/smallDisk.js';
import { IGNORED_LABEL } from '../corpus/masking.js';
import { Random } from '../corpus/random.js';
import { hasCode } from '../protocol/errors.js';
import {
  CACHE_FILE,
  PREDICTIONS_FILE,
  ROWS_FILE,
  type TeacherCacheIdentity,
} from '../protocol/teacherCacheManifest.js';
import { BLOCK, buildTeacherCache, type TeacherCacheBuild } from './teacherCacheBuild.js';
import { openTeacherCache } from './teacherCacheFolder.js';
import type { TopRows } from './topPredictions.js';

const folder = mkdtempSync(join(tmpdir(), 'teacher-cache-'));
after(() => rmSync(folder, { recursive: true }));

const SEQUENCES = 2 * BLOCK + 44;
const identity: TeacherCacheIdentity = {
  teacher: 'a',
  teacherPrecision: 'fp32',
  corpus: 'b',
  vocabularySize: 100,
  teacherTopK: 2,
  temperature: 2,
  restrictCeToMask: false,
  seed: 56,
  mask: 0,
  mlmMaskProp: 0.15,
  wordMask: 0.8,
  wordKeep: 0.1,
  mlmSmoothing: 0.7,
  wholeWordMasking: true,
};

const lengthOf = (i: number) => 1 + ((i * 37) % 9);

/** What the teacher of these tests says of a sequence: 1/2, 1/4, and 1/4 for all others. */
function saidOf(i: number): TopRows {
  const random = Random.fromSeed(i);
  const pieces = Int32Array.from({ length: 2 * lengthOf(i) }, () => random.below(100));
  return {
    pieces,
    logProbabilities: Float32Array.from({ length: 3 * lengthOf(i) }, (_, j) => Math.log(j % 3 === 0 ? 0.5 : 0.25)),
  };
}

/** A build whose teacher counts the sequences that it is asked for, and may stop. */
function buildOf(name: string, changes: Partial<TeacherCacheBuild> = {}) {
  const asked: number[] = [];
  const stop = new AbortController();
  const build: TeacherCacheBuild = {
    folder: join(folder, name),
    identity,
    sequences: SEQUENCES,
    batch: (sequences) => ({
      batchSize: sequences.length,
      sequenceLength: 9,
      inputIds: new Int32Array(9 * sequences.length),
      labels: new Int32Array(9 * sequences.length).fill(IGNORED_LABEL),
      lengths: Int32Array.from(sequences, lengthOf),
      sequences,
    }),
    predictor: async () => ({
      async *predict(batch) {
        // In another order, as a real one has them.
        for (const i of Array.from(batch.sequences as Uint32Array).reverse()) {
          asked.push(i);
          yield [i, saidOf(i)];
        }
      },
    }),
    signal: stop.signal,
    onStage: () => {},
    ...changes,
  };
  return { build, asked, stop };
}

const bytesOf = (name: string) =>
  Object.fromEntries(
    readdirSync(join(folder, name)).map((file) => [file, readFileSync(join(folder, name, file), 'hex')]),
  );

test('a cache gives for every sequence, in any order, what the teacher said; the teacher is asked once', async () => {
  const stages: number[] = [];
  const { build, asked } = buildOf('whole', { onStage: ({ done }) => stages.push(done) });
  await buildTeacherCache(build);
  assert.deepEqual(
    [...asked].sort((a, b) => a - b),
    Array.from({ length: SEQUENCES }, (_, i) => i),
  );
  assert.equal(stages.at(-1), SEQUENCES);
  assert.deepEqual(readdirSync(build.folder).sort(), [CACHE_FILE, PREDICTIONS_FILE, ROWS_FILE]);
  await buildTeacherCache(build);
  assert.equal(asked.length, SEQUENCES);
  const opened = openTeacherCache(build.folder, identity);
  const order = Random.fromSeed(3).shuffle(Array.from({ length: SEQUENCES }, (_, i) => i));
  for (const [at, rows] of (await opened.of(order)).entries()) {
    const expected = saidOf(order[at]!);
    assert.deepEqual(rows.pieces, expected.pieces);
    assert.equal(rows.logProbabilities.length, expected.logProbabilities.length);
    rows.logProbabilities.forEach((x, i) => {
      assert.ok(Math.abs(x - Math.log(i % 3 === 0 ? 0.5 : 0.25)) < 2e-3);
    });
  }
  opened.close();
});

test('a build that is broken off anywhere goes on from its last whole block, and comes to the same bytes', async () => {
  const { build: whole } = buildOf('uninterrupted');
  await buildTeacherCache(whole);
  for (const stopAt of [1, BLOCK + 1, 2 * BLOCK, SEQUENCES - 1]) {
    const name = `stopped-${stopAt}`;
    const first = buildOf(name, { onStage: ({ done }) => done === stopAt && first.stop.abort() });
    await assert.rejects(buildTeacherCache(first.build), { name: 'AbortError' });
    assert.ok(!existsSync(join(first.build.folder, CACHE_FILE)));
    // As a kill within a block would leave it: predictions without their number of rows, half of a number.
    appendFileSync(join(first.build.folder, PREDICTIONS_FILE), 'torn');
    appendFileSync(join(first.build.folder, ROWS_FILE), 'x');
    const second = buildOf(name);
    await buildTeacherCache(second.build);
    assert.equal(second.asked.length, SEQUENCES - Math.floor(stopAt / BLOCK) * BLOCK, `from ${stopAt}`);
    assert.deepEqual(bytesOf(name), bytesOf('uninterrupted'));
  }
});

test('numbers of rows whose predictions are not there are not believed', async () => {
  const { build } = buildOf('short');
  mkdirSync(build.folder);
  writeFileSync(join(build.folder, ROWS_FILE), Buffer.alloc(2 * SEQUENCES, 1));
  await buildTeacherCache(build);
  const { build: whole } = buildOf('not-short');
  await buildTeacherCache(whole);
  assert.deepEqual(bytesOf('short'), bytesOf('not-short'));
});

test('two builds at once: the second is refused with the process that has it', async () => {
  const second = buildOf('busy');
  const refusal: unknown[] = [];
  const first = buildOf('busy', {
    onStage: async ({ done }) => {
      if (done === 1) refusal.push(buildTeacherCache(second.build).catch((error: unknown) => error));
    },
  });
  await buildTeacherCache(first.build);
  const error = await refusal[0];
  assert.ok(hasCode(error, 'teacherCacheBusy') && error.data.pid === process.pid, String(error));
  assert.equal(second.asked.length, 0);
});

test('damage is found when it is opened or read, and says where it lies', async () => {
  const fresh = async (name: string) => {
    const { build } = buildOf(name);
    await buildTeacherCache(build);
    return build.folder;
  };
  const fails = (at: string, fault: string, file: string, of = identity) =>
    assert.throws(
      () => openTeacherCache(at, of),
      (error) =>
        hasCode(error, 'teacherCacheDamaged') && error.data.fault === fault && error.data.file === join(at, file),
    );
  const flipped = await fresh('flipped');
  const predictions = join(flipped, PREDICTIONS_FILE);
  const bytes = readFileSync(predictions);
  bytes[bytes.length - 10]! ^= 1;
  writeFileSync(predictions, bytes);
  const opened = openTeacherCache(flipped, identity);
  assert.equal((await opened.of([0, 17])).length, 2);
  assert.throws(
    () => opened.of([SEQUENCES - 1]),
    (error) =>
      hasCode(error, 'teacherCacheDamaged') && error.data.fault === 'checksum' && error.data.sequence === SEQUENCES - 1,
  );
  opened.close();
  fails(flipped, 'foreign', CACHE_FILE, { ...identity, temperature: 1 });

  const rows = await fresh('rows');
  writeFileSync(join(rows, ROWS_FILE), Buffer.alloc(2 * SEQUENCES, 1));
  fails(rows, 'checksum', ROWS_FILE);
  rmSync(join(rows, ROWS_FILE));
  fails(rows, 'missing', ROWS_FILE);

  const short = await fresh('cut');
  truncateSync(join(short, PREDICTIONS_FILE), bytes.length - 1);
  fails(short, 'size', PREDICTIONS_FILE);
  writeFileSync(join(short, CACHE_FILE), '{"version": 2}');
  fails(short, 'version', CACHE_FILE);
  writeFileSync(join(short, CACHE_FILE), '{"version": 1');
  fails(short, 'manifest', CACHE_FILE);
});

test('a disk that fills up is told, and once there is room the build goes on', async (t) => {
  const disk = mountSmallDisk(t, folder, 16);
  if (disk === null) return;
  const { build } = buildOf('full', { folder: join(disk, 'cache') });
  await assert.rejects(buildTeacherCache(build), (error) => hasCode(error, 'diskFull'));
  assert.ok(!existsSync(join(build.folder, CACHE_FILE)));
  remount(disk, 'size=1m');
  const again = buildOf('full', { folder: build.folder });
  await buildTeacherCache(again.build);
  openTeacherCache(build.folder, identity).close();
});
