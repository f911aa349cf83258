/** A run that cannot go on ends with 1, says why and what to do, and leaves its last good checkpoint. */
import assert from 'node:assert/strict';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { isLeftover } from '../../trainer-core/checkpoint/atomicWrite.js';
import { type LoadedCheckpoint, openRun } from '../../trainer-core/checkpoint/runFolder.js';
import { loadModel, saveModel } from '../../trainer-core/hub/modelFiles.js';
import type { ErrorData } from '../../trainer-core/protocol/errors.js';
import { type Ended, start } from '../support/commandLine.js';
import { stateOf } from '../support/runFiles.js';
import { mountSmallDisk, remount } from '../support/smallDisk.js';
import { writeDistillation, writeFinetuning } from '../support/tinyModels.js';

const folder = mkdtempSync(join(tmpdir(), 'failures-'));
after(() => rmSync(folder, { recursive: true }));

let config: string;
before(async () => {
  chmodSync(folder, 0o755);
  config = await writeDistillation(folder, { numEpochs: 1, checkpointSteps: 1, logSteps: 1 });
});

/** The error that a run with `--json` ended with. */
function errorOf<C extends keyof ErrorData>({ code, err }: Ended, expected: C): ErrorData[C] {
  assert.equal(code, 1);
  const said = JSON.parse(err) as { code: string; data: ErrorData[C]; message: string; action: string };
  assert.equal(said.code, expected, said.message);
  assert.ok(said.action.length > 0);
  return said.data;
}

/** The checkpoint a resume would go on from; no newer one may be damaged. */
async function lastCheckpoint(out: string): Promise<LoadedCheckpoint> {
  const checkpoint = await (await openRun(out)).loadLastCheckpoint(() => assert.fail('a checkpoint is damaged'));
  assert.ok(checkpoint);
  for (const [name, { data }] of [...checkpoint.model, ...checkpoint.optimizer])
    assert.ok(data.every(Number.isFinite), `${name} is not finite`);
  return checkpoint;
}

test('weights that are not numbers: the run stops at step 1 and has no checkpoint to name', async () => {
  const place = join(folder, 'nan');
  mkdirSync(place);
  const finetuning = await writeFinetuning(place);
  const base = join(place, 'base');
  const model = await loadModel(base);
  model.weights.get('distilbert.embeddings.LayerNorm.weight')?.data.fill(Number.NaN, 3, 4);
  await saveModel(base, { ...model, vocabFile: `${base}.vocab.txt` }, 'maskedLm');
  const out = join(place, 'run');
  const ended = await start(['finetune', '--config', finetuning, '--out', out, '--json']).ended;
  assert.deepEqual(errorOf(ended, 'lossNotFinite'), { globalStep: 1, checkpoint: null });
  const { pid, device, ...state } = stateOf(out);
  assert.equal((device as { name: string }).name, 'cpu');
  const error = { code: 'lossNotFinite', data: { globalStep: 1, checkpoint: null } };
  assert.deepEqual(state, { objective: 'finetune', status: 'failed', error });
  assert.ok(!existsSync(join(out, 'checkpoints')));
  const people = await start(['finetune', '--config', finetuning, '--out', join(place, 'again')]).ended;
  assert.match(
    people.err,
    /At step 1 the loss or a weight is no longer a number[\s\S]*No checkpoint was saved[\s\S]*lower\s+learningRate/,
  );
});

test('weights that blow up: the checkpoint that the error names is good, and the run goes on from it', async () => {
  const out = join(folder, 'blown-up');
  // Without a memory of squares and without a guard, a weight that gets no gradient once moves without bound.
  const wild = ['--adam-beta2', '0', '--adam-epsilon', '1e-44', '--learning-rate', '1', '--warmup-proportion', '0'];
  const ended = await start(['distill', '--config', config, '--out', out, '--json', ...wild]).ended;
  const { globalStep, checkpoint } = errorOf(ended, 'lossNotFinite');
  assert.ok(globalStep > 1);
  assert.equal(stateOf(out).status, 'failed');
  const kept = await lastCheckpoint(out);
  assert.equal(checkpoint, kept.folder);
  assert.equal(kept.step, globalStep - 1);
  const tame = ['--adam-beta2', '0.98', '--learning-rate', '1e-3'];
  const resumed = await start(['distill', '--out', out, '--resume', ...tame]).ended;
  assert.deepEqual([resumed.code, stateOf(out).status], [0, 'finished'], resumed.err);
});

test('a disk that fills while a run saves: diskFull, the last checkpoint stays, and with more room the run goes on', async (t) => {
  const disk = mountSmallDisk(t, folder, 160);
  if (disk === null) return;
  const out = join(disk, 'run');
  // A checkpoint takes about 80 kB, so the second one does not fit.
  const ended = await start(['distill', '--config', config, '--out', out, '--json']).ended;
  const { file, neededBytes } = errorOf(ended, 'diskFull');
  assert.ok(file.startsWith(out), file);
  assert.ok(neededBytes === null || neededBytes > 0);
  assert.equal((await lastCheckpoint(out)).step, 1);
  assert.deepEqual(readdirSync(join(out, 'checkpoints')).filter(isLeftover), []);
  remount(disk, 'size=9m');
  const resumed = await start(['distill', '--out', out, '--resume']).ended;
  assert.deepEqual([resumed.code, stateOf(out).status], [0, 'finished'], resumed.err);
  assert.match(resumed.err, /going on from step 1\b/);
});

test('a folder that cannot be written to any more while a run saves: named, and the last checkpoint stays', async (t) => {
  const home = join(folder, 'locked');
  mkdirSync(home);
  // Root may write everywhere, so the run is another user's.
  const isRoot = process.getuid?.() === 0;
  if (process.platform === 'win32') return t.skip('folders have no permissions');
  if (isRoot) chownSync(home, 65534, 65534);
  const out = join(home, 'run');
  const user = isRoot ? { uid: 65534, gid: 65534 } : {};
  const run = start(['distill', '--config', config, '--out', out, '--json', '--num-epochs', '200'], user);
  assert.ok(await run.wrote(/"type":"checkpoint"/));
  const checkpoints = join(out, 'checkpoints');
  chmodSync(checkpoints, 0o555);
  const data = errorOf(await run.ended, 'folderNotWritable');
  assert.deepEqual(data, { folder: checkpoints, reason: 'EACCES' });
  assert.equal(stateOf(out).status, 'failed');
  assert.ok((await lastCheckpoint(out)).step >= 1);
  chmodSync(checkpoints, statSync(out).mode);
});

test('a read-only file system is refused before anything is trained', async (t) => {
  const disk = mountSmallDisk(t, folder, 100);
  if (disk === null) return;
  remount(disk, 'ro');
  const out = join(disk, 'run');
  const ended = await start(['distill', '--config', config, '--out', out]).ended;
  assert.equal(ended.code, 1);
  assert.ok(ended.err.replace(/\n/g, '').includes(`Nothing can be written in ${out}`), ended.err);
  assert.match(ended.err, /EROFS[\s\S]*Choose another folder/);
});
