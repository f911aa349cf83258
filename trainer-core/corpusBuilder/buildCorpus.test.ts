import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { mountSmallDisk, remount } from '../../test/support/smallDisk.js';
import { openCorpus } from '../corpus/corpusFolder.js';
import { verifyCorpus } from '../corpus/verifyCorpus.js';
import { type CorpusSettings, corpusSettings } from '../protocol/corpusSettings.js';
import { type ErrorCode, type ErrorData, hasCode } from '../protocol/errors.js';
import type { JobStage } from '../protocol/jobs.js';
import { type BuildTuning, buildCorpus } from './buildCorpus.js';
import { identityOf } from './buildIdentity.js';
import type { BuildOptions } from './buildOptions.js';
import { folderState } from './outputFolder.js';
import { openBuild } from './unfinishedBuild.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'buildCorpus-'));
after(() => rmSync(folder, { recursive: true }));

/** Each file is at least one chunk. */
const FILES = 8;
const input = join(folder, 'input');
const inputFiles = Array.from({ length: FILES }, (_, i) => join(input, `${String(i).padStart(2, '0')}.txt`));

before(() => {
  mkdirSync(input);
  const lines = gunzipSync(readFileSync(join(ROOT, 'media/sample/wiki/wiki.txt.gz')))
    .toString()
    .split('\n');
  // Files that say the same in part, so that there are duplicates over their borders.
  for (const [i, file] of inputFiles.entries()) writeFileSync(file, lines.slice(i * 40, i * 40 + 50).join('\n\n'));
});

function optionsFor(out: string, more: Partial<BuildOptions> & { settings?: CorpusSettings } = {}): BuildOptions {
  return {
    inputs: inputFiles,
    vocabFile: join(ROOT, 'media/vocab/vocab.txt'),
    out,
    settings: settingsOf({}),
    maxSeqLength: 64,
    workers: 2,
    signal: new AbortController().signal,
    onStage: () => {},
    ...more,
  };
}

function settingsOf(settings: Partial<CorpusSettings>): CorpusSettings {
  return corpusSettings.parse(settings);
}

/** Small shards, so that there are several. */
const SHARDS: BuildTuning = { shardTokens: 8_000 };

/** Every file of a folder by name. */
function contents(out: string): Record<string, string> {
  return Object.fromEntries(readdirSync(out).map((name) => [name, readFileSync(join(out, name)).toString('base64')]));
}

/** Throws unless `work` fails with this code; gives the error's data. */
async function refusal<C extends ErrorCode>(code: C, work: Promise<unknown>): Promise<ErrorData[C]> {
  const error = await work.then(
    () => assert.fail(`expected ${code}`),
    (reason: unknown) => reason,
  );
  if (!hasCode(error, code)) throw error;
  return error.data;
}

/** A build that is aborted after its first commit. */
async function unfinished(out: string, more: Parameters<typeof optionsFor>[1] = {}): Promise<void> {
  const stop = new AbortController();
  const tuning = { ...SHARDS, commitMs: 0, onCommit: () => stop.abort() };
  await assert.rejects(buildCorpus(optionsFor(out, { ...more, signal: stop.signal }), tuning), { name: 'AbortError' });
}

const KINDS: Record<string, Partial<CorpusSettings>> = {
  packed: {},
  'lines without duplicates': { sequences: 'lines', dropDuplicates: true },
};

for (const [kind, settings] of Object.entries(KINDS)) {
  test(`${kind}: the same bytes from 1, 2 and 5 workers`, async () => {
    const built = [];
    for (const workers of [1, 2, 5]) {
      const out = join(folder, `${kind}-${workers}`);
      const { manifest } = await buildCorpus(optionsFor(out, { settings: settingsOf(settings), workers }), SHARDS);
      assert.ok(manifest.shards.length > 3, `${manifest.shards.length} shards`);
      await verifyCorpus(out, new AbortController().signal, () => {});
      built.push(contents(out));
    }
    assert.deepEqual(built[1], built[0]);
    assert.deepEqual(built[2], built[0]);
    assert.ok(Object.keys(built[0]!).every((name) => /^(corpus\.json|counts\.bin|vocab\.txt|shard-)/.test(name)));
  });

  test(`${kind}: aborted after every chunk and gone on with, the same bytes`, async () => {
    const whole = contents(join(folder, `${kind}-1`));
    const out = join(folder, `${kind}-aborted`);
    let runs = 0;
    for (let isBuilt = false; !isBuilt; runs++) {
      const stop = new AbortController();
      let added = -1;
      // By turns right after a commit, and after a chunk that no commit but the abort's own takes in.
      const onCommit = () => runs % 2 === 0 && stop.abort();
      const onStage = ({ phase }: JobStage) => {
        if (phase === 'building' && ++added === 1 && runs % 2 === 1) stop.abort();
      };
      const options = optionsFor(out, { settings: settingsOf(settings), signal: stop.signal, onStage });
      const commitMs = runs % 2 === 0 ? 0 : Number.POSITIVE_INFINITY;
      isBuilt = await buildCorpus(options, { ...SHARDS, commitMs, onCommit }).then(
        () => true,
        (error: Error) => {
          assert.equal(error.name, 'AbortError');
          return false;
        },
      );
    }
    // One more, for finishing.
    assert.equal(runs, FILES + 1);
    assert.deepEqual(contents(out), whole);
  });
}

test('the report adds up and says what the shards hold', async () => {
  const out = join(folder, 'report');
  const settings = settingsOf({ sequences: 'sentences', dropDuplicates: true, minChars: 16, maxChars: 100 });
  const stages: JobStage[] = [];
  const { manifest } = await buildCorpus(optionsFor(out, { settings, onStage: (stage) => stages.push(stage) }));
  const { report } = manifest;
  const sum = (counts: Record<string, number>) => Object.values(counts).reduce((a, b) => a + b, 0);
  assert.equal(report.documents.kept + sum(report.documents.dropped), report.documents.read);
  assert.equal(report.sentences.kept + sum(report.sentences.dropped), report.sentences.read);
  assert.equal(report.sequences.kept + sum(report.sequences.dropped), report.sequences.made);
  assert.ok([...Object.values(report.sentences.dropped), report.sequences.dropped.duplicate].every((n) => n > 0));
  assert.deepEqual(
    report.sources.map(({ file }) => file),
    inputFiles,
  );
  assert.equal(
    report.sources.reduce((n, { documents }) => n + documents, 0),
    report.documents.kept,
  );

  const { store, tokenCounts } = openCorpus(out);
  const kept = Array.from({ length: store.length }, (_, i) => [...store.at(i)]);
  store.close();
  assert.equal(new Set(kept.map((ids) => ids.join())).size, kept.length);
  const lengths = kept.map((ids) => ids.length);
  assert.deepEqual([report.sequences.kept, report.tokens], [kept.length, sum(Object.fromEntries(lengths.entries()))]);
  assert.deepEqual([report.lengths.longest, report.lengths.mean], [Math.max(...lengths), report.tokens / kept.length]);
  const bin = (k: number) => lengths.filter((length) => Math.floor(length / report.lengths.binWidth) === k).length;
  assert.deepEqual(
    report.lengths.counts,
    report.lengths.counts.map((_, k) => bin(k)),
  );
  const counts = new Map<number, number>();
  for (const id of kept.flat()) counts.set(id, (counts.get(id) ?? 0) + 1);
  assert.equal(report.unknownTokens, counts.get(1) ?? 0);
  const expected = [...counts].filter(([id]) => id !== 2 && id !== 3).sort(([a, m], [b, n]) => n - m || a - b);
  assert.deepEqual(
    report.frequentPieces.map(({ id, count }) => [id, count]),
    expected.slice(0, 50),
  );
  assert.ok(report.frequentPieces.some(({ piece }) => piece === '。'));
  assert.ok(tokenCounts[2]! > kept.length);

  assert.equal(stages[0]!.done, 0);
  const last = stages.filter(({ phase }) => phase === 'building').at(-1)!;
  assert.deepEqual([last.done, last.documents], [last.total, report.documents.read]);
  assert.ok(stages.some(({ phase }) => phase === 'deduplicating'));
});

test('a finished corpus of the same kind is given back as it is; of another kind it is refused', async () => {
  const out = join(folder, 'packed-1');
  const before = contents(out);
  const stages: JobStage[] = [];
  const again = await buildCorpus(optionsFor(out, { onStage: (stage) => stages.push(stage) }));
  assert.deepEqual([again.manifest.settings.sequences, stages], ['packed', []]);
  // What a process left that was killed after the manifest: its lock, with an id that no process has, and the files of the build.
  for (const [name, text] of Object.entries({
    'building.pid': '999999999',
    'building.json': '{}',
    'hashes.bin': 'x',
  })) {
    writeFileSync(join(out, name), text);
  }
  await buildCorpus(optionsFor(out));
  assert.deepEqual(contents(out), before);
  const refusals = {
    sequences: { settings: settingsOf({ sequences: 'lines' }) },
    maxSeqLength: { maxSeqLength: 32 },
    [inputFiles[3]!]: { inputs: inputFiles.filter((_, i) => i !== 3) },
    inputs: { inputs: [...inputFiles].reverse() },
  };
  for (const [key, more] of Object.entries(refusals)) {
    const data = await refusal('corpusBuildDiffers', buildCorpus(optionsFor(out, more)));
    assert.deepEqual([data.folder, data.isFinished, data.differences.map((each) => each.key)], [out, true, [key]]);
  }
  // A source that was written to after the corpus was built.
  const later = new Date(Date.now() + 60_000);
  utimesSync(inputFiles[5]!, later, later);
  const data = await refusal('corpusBuildDiffers', buildCorpus(optionsFor(out)));
  assert.deepEqual(
    data.differences.map(({ key }) => key),
    [inputFiles[5]],
  );
  const past = new Date(Date.now() - 60_000);
  utimesSync(inputFiles[5]!, past, past);
  assert.deepEqual(contents(out), before);
});

test('an unfinished build of another kind, of changed sources or of another tokenizer is refused, both named', async () => {
  const out = join(folder, 'unfinished');
  await unfinished(out);
  const before = contents(out);
  const settings = settingsOf({ minTokens: 5, dropDuplicates: true });
  const differ = await refusal('corpusBuildDiffers', buildCorpus(optionsFor(out, { settings })));
  assert.deepEqual(differ.differences, [
    { key: 'minTokens', there: '12', asked: '5' },
    { key: 'dropDuplicates', there: 'false', asked: 'true' },
  ]);
  assert.equal(differ.isFinished, false);

  const pieces = readFileSync(optionsFor(out).vocabFile, 'utf8').split('\n');
  const vocabFile = join(folder, 'other.txt');
  writeFileSync(vocabFile, [...pieces.slice(0, -2), 'もう一つ', ''].join('\n'));
  const other = await refusal('corpusBuildDiffers', buildCorpus(optionsFor(out, { vocabFile })));
  assert.deepEqual(
    other.differences.map(({ key }) => key),
    ['tokenizer'],
  );
  const [{ there, asked }] = other.differences as [ErrorData['corpusBuildDiffers']['differences'][0]];
  assert.match(`${there} ${asked}`, /^[0-9a-f]{64} [0-9a-f]{64}$/);
  assert.notEqual(there, asked);

  const time = new Date(Date.now() - 30_000);
  utimesSync(inputFiles[0]!, time, time);
  const touched = await refusal('corpusBuildDiffers', buildCorpus(optionsFor(out)));
  assert.deepEqual(
    touched.differences.map(({ key }) => key),
    [inputFiles[0]],
  );
  assert.deepEqual(contents(out), before);
});

test('a folder with other files is refused and left as it is', async () => {
  const out = join(folder, 'taken');
  mkdirSync(out);
  writeFileSync(join(out, 'notes.txt'), 'mine');
  const data = await refusal('corpusFolderTaken', buildCorpus(optionsFor(out)));
  assert.deepEqual(data, { folder: out, holds: ['notes.txt'] });
  assert.deepEqual(readdirSync(out), ['notes.txt']);
  const file = await refusal('folderNotWritable', buildCorpus(optionsFor(join(out, 'notes.txt'))));
  assert.equal(file.reason, 'ENOTDIR');
});

test('two builds in one folder at once: the second is refused', async () => {
  const out = join(folder, 'twice');
  const builds = [buildCorpus(optionsFor(out), SHARDS), buildCorpus(optionsFor(out), SHARDS)];
  const data = await refusal('corpusBusy', Promise.all(builds));
  assert.deepEqual(data, { folder: out, pid: process.pid });
  const ended = await Promise.allSettled(builds);
  assert.equal(ended.filter(({ status }) => status === 'fulfilled').length, 1);
  assert.deepEqual(contents(out), contents(join(folder, 'packed-1')));
});

test('input without a sequence is an error that says why, and leaves nothing', async () => {
  const short = join(folder, 'short.txt');
  writeFileSync(short, '短い。\n\n短い。\n');
  const out = join(folder, 'none');
  const data = await refusal('corpusTooSmall', buildCorpus(optionsFor(out, { inputs: [short] })));
  assert.equal(data.sequences, 0);
  assert.deepEqual(data.why?.sequences.dropped, { tooFewTokens: 2, tooManyUnknown: 0, duplicate: 0 });
  assert.equal(existsSync(out), false);
});

test('what is wrong in a chunk is told as where it was found; mended, the rest is gone on with', async () => {
  const inputs = [...inputFiles];
  const bad = join(folder, 'bad.txt');
  inputs[4] = bad;
  writeFileSync(bad, Buffer.concat([readFileSync(inputFiles[4]!), Buffer.from([0x0a, 0xff, 0x0a])]));
  const out = join(folder, 'bad');
  const line = readFileSync(bad).filter((byte) => byte === 0x0a).length;
  const data = await refusal('invalidUtf8', buildCorpus(optionsFor(out, { inputs }), SHARDS));
  assert.deepEqual(data, { file: bad, line });
  // What came before is there, so that other input is refused.
  await refusal('corpusBuildDiffers', buildCorpus(optionsFor(out)));
});

test('a build that has read nothing does not stand in the way of another', async () => {
  const out = join(folder, 'nothing');
  mkdirSync(out);
  const identity = await identityOf([], {
    settings: settingsOf({}),
    maxSeqLength: 12,
    tokenizer: { sha256: 'a'.repeat(64), vocabularySize: 10 },
  });
  await (await openBuild(out, identity)).close();
  assert.equal(await folderState(out), 'unfinished');
  await buildCorpus(optionsFor(out), SHARDS);
  assert.deepEqual(contents(out), contents(join(folder, 'packed-1')));
});

test('a corpus in a folder of the input is no part of it', async () => {
  const inputs = [join(folder, 'around')];
  mkdirSync(inputs[0]!);
  writeFileSync(join(inputs[0]!, 'a.txt'), readFileSync(inputFiles[0]!));
  const out = join(inputs[0]!, 'corpus');
  const first = await buildCorpus(optionsFor(out, { inputs }));
  const second = await buildCorpus(optionsFor(out, { inputs }));
  assert.deepEqual(second.manifest, first.manifest);
  assert.equal(first.manifest.report.sources.length, 1);
});

test('a worker that runs out of memory is an error; what was committed is gone on with', async () => {
  const out = join(folder, 'memory');
  const data = await refusal(
    'workerStopped',
    buildCorpus(optionsFor(out), { ...SHARDS, workerLimits: { maxOldGenerationSizeMb: 3 } }),
  );
  assert.equal(data.reason, 'ERR_WORKER_OUT_OF_MEMORY');
  await buildCorpus(optionsFor(out), SHARDS);
  assert.deepEqual(contents(out), contents(join(folder, 'packed-1')));
});

test('on a full disk the committed part stays, and is gone on with when there is room', async (t) => {
  const disk = mountSmallDisk(t, folder, 200);
  if (disk === null) return;
  const out = join(disk, 'out');
  const data = await refusal('diskFull', buildCorpus(optionsFor(out), { ...SHARDS, commitMs: 0 }));
  assert.ok(data.file.startsWith(out), data.file);
  remount(disk, 'size=20m');
  const stages: JobStage[] = [];
  await buildCorpus(optionsFor(out, { onStage: (stage) => stages.push(stage) }), SHARDS);
  assert.ok(stages[0]!.done > 0);
  assert.deepEqual(contents(out), contents(join(folder, 'packed-1')));
});

test('a folder that nothing can be written in is an error, new or not', async (t) => {
  const disk = mountSmallDisk(t, folder, 200);
  if (disk === null) return;
  const out = join(disk, 'out');
  mkdirSync(out);
  remount(disk, 'ro');
  const data = await refusal('folderNotWritable', buildCorpus(optionsFor(out)));
  assert.deepEqual(data, { folder: out, reason: 'EROFS' });
  const fresh = await refusal('folderNotWritable', buildCorpus(optionsFor(join(disk, 'new'))));
  assert.equal(fresh.reason, 'EROFS');
});
