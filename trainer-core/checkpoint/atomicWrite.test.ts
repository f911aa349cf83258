import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { mountSmallDisk } from '../../test/support/smallDisk.js';
import { hasCode } from '../protocol/errors.js';
import {
  atomicFile,
  atomicFolder,
  isLeftover,
  recoverContents,
  recoverFolder,
  removeFolder,
  writeChunks,
} from './atomicWrite.js';
import { createRun, RunFolder } from './runFolder.js';

const STATE = { status: 'running' };
const folder = mkdtempSync(join(tmpdir(), 'atomic-'));
after(() => rmSync(folder, { recursive: true }));

const fresh = (name: string) => {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
};
const leftovers = (path: string) => readdirSync(path).filter(isLeftover);
const fill = (text: string) => async (temporary: string) => {
  writeFileSync(join(temporary, 'a'), text);
  mkdirSync(join(temporary, 'deep'));
  writeFileSync(join(temporary, 'deep', 'b'), text);
};

/** The id of a process that has ended. */
const deadProcess = spawnSync(process.execPath, ['-e', '']).pid;

test('a file is replaced whole and leaves nothing beside it', async () => {
  const file = join(fresh('file'), 'sub', 'x.json');
  await atomicFile(file, 'one');
  await atomicFile(file, [Buffer.from('tw'), Buffer.from('o')]);
  assert.equal(readFileSync(file, 'utf8'), 'two');
  assert.deepEqual(readdirSync(join(file, '..')), ['x.json']);
});

test('a failed write leaves the old file and nothing else', async () => {
  const file = join(fresh('failed'), 'x');
  await atomicFile(file, 'one');
  function* failing() {
    yield Buffer.from('two');
    throw new Error('stop');
  }
  await assert.rejects(atomicFile(file, failing()), /stop/);
  assert.equal(readFileSync(file, 'utf8'), 'one');
  assert.deepEqual(readdirSync(join(file, '..')), ['x']);
});

test('a folder appears whole, replaces the old one and is removed whole', async () => {
  const parent = fresh('folder');
  const target = join(parent, 'best');
  await atomicFolder(target, async (temporary) => {
    await fill('one')(temporary);
    assert.ok(!existsSync(target));
    assert.ok(isLeftover(readdirSync(parent)[0]!));
  });
  await atomicFolder(target, async (temporary) => {
    writeFileSync(join(temporary, 'c'), 'two');
    assert.equal(readFileSync(join(target, 'deep', 'b'), 'utf8'), 'one');
  });
  assert.deepEqual(readdirSync(target), ['c']);
  await assert.rejects(
    atomicFolder(target, async () => {
      throw new Error('stop');
    }),
    /stop/,
  );
  assert.deepEqual(readdirSync(target), ['c']);
  assert.deepEqual(readdirSync(parent), ['best']);
  await removeFolder(target);
  assert.deepEqual(readdirSync(parent), []);
});

test('what killed processes left is cleared away, what living ones write is not', async () => {
  const parent = fresh('leftovers');
  const target = join(parent, 'best');
  mkdirSync(target);
  mkdirSync(join(parent, `.best.writing-${deadProcess}-0123456789ab`));
  mkdirSync(join(parent, `.best.ready-${deadProcess}-0123456789ab`));
  mkdirSync(join(parent, `.other.writing-${deadProcess}-0123456789ab`));
  writeFileSync(join(parent, `.best.writing-${process.pid}-0123456789ab`), 'an earlier process with our id');
  mkdirSync(join(parent, `.best.writing-${process.ppid}-0123456789ab`));
  writeFileSync(join(parent, '.best.writing'), 'a name of the user');
  await atomicFolder(target, async (temporary) => {
    await recoverFolder(target);
    assert.ok(existsSync(temporary), 'our own work is under way');
    await fill('new')(temporary);
  });
  assert.deepEqual(readdirSync(parent).sort(), [
    '.best.writing',
    `.best.writing-${process.ppid}-0123456789ab`,
    `.other.writing-${deadProcess}-0123456789ab`,
    'best',
  ]);
  await recoverContents(parent);
  assert.ok(!existsSync(join(parent, `.other.writing-${deadProcess}-0123456789ab`)));
});

test('a kill between the two renames is put right', async () => {
  const parent = fresh('swap');
  const target = join(parent, 'best');
  await atomicFolder(target, fill('old'));
  renameSync(target, join(parent, `.best.replaced-${deadProcess}-0123456789ab`));
  await atomicFolder(join(parent, 'new'), fill('new'));
  renameSync(join(parent, 'new'), join(parent, `.best.ready-${deadProcess}-0123456789ab`));
  await recoverFolder(target);
  assert.equal(readFileSync(join(target, 'a'), 'utf8'), 'new');
  assert.deepEqual(readdirSync(parent), ['best']);
});

test('a folder that is being removed does not come back', async () => {
  const parent = fresh('removed');
  mkdirSync(join(parent, `.best.replaced-${deadProcess}-0123456789ab`));
  await recoverContents(parent);
  assert.deepEqual(readdirSync(parent), []);
});

test('/dev/full is a full disk', { skip: !existsSync('/dev/full') }, async () => {
  await assert.rejects(
    writeChunks('/dev/full', [Buffer.alloc(10)], 10),
    (error) => hasCode(error, 'diskFull') && error.data.neededBytes === 10,
  );
});

test('a full disk: the old file and folder stay, nothing half-written is left', async (t) => {
  const disk = mountSmallDisk(t, folder, 1024);
  if (disk === null) return;
  const file = join(disk, 'x');
  await atomicFile(file, 'old');
  await atomicFolder(join(disk, 'best'), fill('old'));
  const large = Buffer.alloc(2_000_000);
  await assert.rejects(
    atomicFile(file, [large], large.length),
    (error) => hasCode(error, 'diskFull') && error.data.neededBytes === large.length,
  );
  await assert.rejects(
    atomicFolder(join(disk, 'best'), async (temporary) => writeFileSync(join(temporary, 'a'), large)),
    (error) => hasCode(error, 'diskFull') && error.data.file === join(disk, 'best'),
  );
  assert.equal(readFileSync(file, 'utf8'), 'old');
  assert.equal(readFileSync(join(disk, 'best', 'a'), 'utf8'), 'old');
  assert.deepEqual(leftovers(disk), []);
});

test('a full disk while saving a checkpoint: the last good one stays, and there is room again', async (t) => {
  const disk = mountSmallDisk(t, folder, 1024);
  if (disk === null) return;
  const tensors = (elements: number) =>
    new Map([['w', { dims: [elements], data: new Float32Array(elements).fill(2) }]]);
  const run = await createRun(join(disk, 'run'), { seed: 1 }, STATE);
  await run.saveCheckpoint(1, { model: tensors(20_000), optimizer: tensors(40_000), state: { globalStep: 1 } });
  await assert.rejects(
    run.saveCheckpoint(2, { model: tensors(50_000), optimizer: tensors(150_000), state: { globalStep: 2 } }),
    (error) => hasCode(error, 'diskFull') && (error.data.neededBytes ?? 0) > 600_000,
  );
  assert.deepEqual(
    (await run.listCheckpoints()).map(({ step }) => step),
    [1],
  );
  assert.equal((await run.loadLastCheckpoint(() => assert.fail('nothing is damaged')))?.step, 1);
  assert.deepEqual(leftovers(join(disk, 'run', 'checkpoints')), []);
  await run.saveCheckpoint(2, { model: tensors(20_000), optimizer: tensors(40_000), state: { globalStep: 2 } });
  assert.equal((await run.loadLastCheckpoint())?.step, 2);
});

test('a full disk while adding metrics: no torn line stays', async (t) => {
  const disk = mountSmallDisk(t, folder, 64);
  if (disk === null) return;
  const run = await createRun(join(disk, 'run'), {}, STATE);
  let steps = 0;
  await assert.rejects(
    async () => {
      for (; steps < 10_000; steps++) await run.appendMetrics({ globalStep: steps, text: 'x'.repeat(100) });
    },
    (error) => hasCode(error, 'diskFull'),
  );
  assert.ok(steps > 10);
  assert.ok(readFileSync(join(disk, 'run', 'metrics.jsonl'), 'utf8').endsWith('\n'));
  assert.equal((await run.readMetrics()).length, steps);
  await run.close();
});

test('an unwritable folder is named, also to root', async (t) => {
  const disk = mountSmallDisk(t, folder, 256);
  if (disk === null) return;
  const run = await createRun(join(disk, 'run'), { seed: 3 }, STATE);
  const contents = { model: new Map(), optimizer: new Map(), state: {} };
  await run.saveCheckpoint(1, contents);
  execFileSync('mount', ['-o', 'remount,ro', disk]);
  const readOnly = (path: string) => (error: unknown) =>
    hasCode(error, 'folderNotWritable') && error.data.folder === path && error.data.reason === 'EROFS';
  await assert.rejects(atomicFile(join(disk, 'x'), 'y'), readOnly(disk));
  await assert.rejects(run.saveCheckpoint(2, contents), readOnly(join(disk, 'run', 'checkpoints')));
  await assert.rejects(run.appendMetrics({ globalStep: 1 }), readOnly(join(disk, 'run')));
  await assert.rejects(createRun(join(disk, 'other'), {}, STATE), readOnly(join(disk, 'other')));
  assert.equal((await new RunFolder(join(disk, 'run'), {}).loadLastCheckpoint())?.step, 1);
});

test('a folder below a file cannot be written', async () => {
  const parent = fresh('below');
  writeFileSync(join(parent, 'file'), '');
  await assert.rejects(atomicFile(join(parent, 'file', 'x'), 'y'), (error) => hasCode(error, 'folderNotWritable'));
  await assert.rejects(createRun(join(parent, 'file'), {}, STATE), (error) => hasCode(error, 'folderNotWritable'));
});
