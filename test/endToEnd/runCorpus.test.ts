/** Runs that learn from a corpus folder, and runs that build one from text on first use, share it, and find it again. */
import assert from 'node:assert/strict';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { ErrorCode, ErrorData } from '../../trainer-core/protocol/errors.js';
import { type Ended, start } from '../support/commandLine.js';
import { assertSameRun, startedIn, stateOf } from '../support/runFiles.js';
import { LINES, sentences, writeCorpus, writeDistillation, writeVocabulary } from '../support/tinyModels.js';
import { wikiDump } from '../support/wikiDump.js';

const folder = mkdtempSync(join(tmpdir(), 'runCorpus-'));
after(() => rmSync(folder, { recursive: true }));

const text = join(folder, 'corpus.txt');
const first = join(folder, 'first');
let config: string;
let corpus: string;

const distil = (out: string, ...more: string[]) =>
  start(['distill', '--config', config, '--out', out, '--json', ...more]).ended;

function finished({ code, err, out }: Ended): string {
  assert.deepEqual([code, err], [0, '']);
  return out;
}

function errorOf<C extends ErrorCode>({ code, err }: Ended, expected: C): ErrorData[C] {
  assert.equal(code, 1);
  const said = JSON.parse(err) as { code: string; data: ErrorData[C]; message: string };
  assert.equal(said.code, expected, said.message);
  return said.data;
}

const corpora = (beside: string) => readdirSync(join(dirname(beside), 'corpora')).sort();
/** A copy of the first run with its corpora, in a folder of its own. */
function moved(name: string): string {
  for (const each of ['first', 'corpora']) cpSync(join(folder, each), join(folder, name, each), { recursive: true });
  return join(folder, name, 'first');
}

before(async () => {
  config = await writeDistillation(folder, { maxSteps: 4, checkpointSteps: 2 });
  const out = finished(await distil(first));
  assert.match(out, /^\{"type":"progress","phase":"building"/);
  corpus = stateOf(first).corpus!.folder;
});

describe('text', () => {
  test('becomes a corpus beside the run, which the log and the state tell of', () => {
    assert.deepEqual(corpora(first), [basename(corpus)]);
    assert.match(corpus, /[\\/]corpora[\\/]corpus-[0-9a-f]{12}$/);
    assert.ok(readFileSync(join(first, 'trainer.log'), 'utf8').includes(`the corpus is being built in ${corpus}`));
  });

  test('is built once for all runs that agree in text, settings and tokenizer', async () => {
    const built = statSync(join(corpus, 'corpus.json')).mtimeMs;
    const again = join(folder, 'again');
    assert.doesNotMatch(finished(await distil(again, '--batch-size', '12')), /"type":"progress"/);
    assert.deepEqual(stateOf(again).corpus, stateOf(first).corpus);
    assert.equal(statSync(join(corpus, 'corpus.json')).mtimeMs, built);

    const place = mkdtempSync(join(folder, 'others-'));
    const names = [basename(corpus)];
    for (const [name, flags] of Object.entries({
      settings: ['--corpus-settings.min-tokens', '20'],
      length: ['--max-seq-length', '32'],
      text: ['--corpus', writeCorpus(join(place, 'corpus.txt'), 200, 2)],
    })) {
      const out = join(place, name);
      finished(await distil(out, ...flags));
      names.push(basename(stateOf(out).corpus!.folder));
    }
    assert.equal(new Set(names).size, 4);
    assert.deepEqual(corpora(join(place, 'settings')), names.slice(1).sort());
  });

  test('written to between two runs is another text', async () => {
    const place = mkdtempSync(join(folder, 'written-'));
    const own = writeCorpus(join(place, 'own.txt'), 100);
    finished(await distil(join(place, 'a'), '--corpus', own));
    const { atimeMs, mtimeMs } = statSync(own);
    utimesSync(own, atimeMs / 1000, mtimeMs / 1000 + 5);
    finished(await distil(join(place, 'b'), '--corpus', own));
    assert.equal(corpora(join(place, 'a')).length, 2);
  });

  test('Ctrl+C while it is being built ends at once; the same command then goes on', async () => {
    const place = mkdtempSync(join(folder, 'stopped-'));
    const long = writeCorpus(join(place, 'long.txt'), 60_000);
    const out = join(place, 'run');
    const flags = ['distill', '--config', config, '--out', out, '--corpus', long];
    const run = start(flags);
    while (!existsSync(join(place, 'corpora'))) await new Promise((resolve) => setTimeout(resolve, 20));
    run.child.kill('SIGINT');
    const { code, err } = await run.ended;
    assert.equal(code, 1);
    assert.match(err, /Run the same command again/);
    assert.doesNotMatch(err, /Finishing this step/);
    assert.ok(!existsSync(join(out, 'state.json')));
    // Nothing is left of a build that was stopped before its first part was written.
    for (const name of corpora(out)) assert.ok(!existsSync(join(place, 'corpora', name, 'corpus.json')));
    assert.equal(startedIn(finished(await start([...flags, '--json']).ended)).sequences, 60_000);
  });
});

test('a dump that breaks off is learned from as far as it goes, packed, and the break is told', async () => {
  const place = mkdtempSync(join(folder, 'dump-'));
  const pages = sentences(600).map(({ text: line }, i) => ({ title: `頁${i}`, text: `${line}${line}` }));
  const packed = gzipSync(wikiDump(pages));
  const file = join(place, 'wiki.xml.gz');
  writeFileSync(file, packed.subarray(0, 0.7 * packed.length));
  const out = join(place, 'run');
  const flags = ['--corpus', file, '--corpus-settings.sequences', 'packed', '--max-seq-length', '64'];
  const { code, err } = await start(['distill', '--config', config, '--out', out, ...flags]).ended;
  assert.equal(code, 0, err);
  assert.match(err.replaceAll('\n', ' '), /wiki\.xml\.gz breaks off at byte/);
  assert.match(
    readFileSync(join(out, 'trainer.log'), 'utf8'),
    /damage in the input: truncated, .*wiki\.xml\.gz, byte \d+/,
  );
  const { settings, report } = JSON.parse(readFileSync(join(stateOf(out).corpus!.folder, 'corpus.json'), 'utf8'));
  assert.equal(settings.sequences, 'packed');
  assert.ok(report.documents.kept > 100 && report.documents.kept < 600, report.documents.kept);
});

describe('a corpus folder', () => {
  test('gives the run that its text gives, to the last bit', async () => {
    const out = join(mkdtempSync(join(folder, 'folder-')), 'run');
    assert.doesNotMatch(finished(await distil(out, '--corpus', corpus)), /"type":"progress"/);
    assertSameRun(out, first);
    assert.ok(!existsSync(join(dirname(out), 'corpora')));
  });

  test('is what an estimate is of', async () => {
    const file = join(folder, 'of-folder.distill.json');
    writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(config, 'utf8')), corpus: [corpus] }));
    const { code, out } = await start(['estimate', '--objective', 'distill', '--config', file, '--json']).ended;
    assert.equal(code, 0);
    const { sequences, tokensPerEpoch, extrapolated } = JSON.parse(out.trimEnd().split('\n').at(-1)!);
    const manifest = JSON.parse(readFileSync(join(corpus, 'corpus.json'), 'utf8'));
    assert.deepEqual([sequences, tokensPerEpoch, extrapolated], [manifest.sequences, manifest.tokens, false]);
  });

  test('of another tokenizer, with too long sequences, damaged, or among texts is refused', async () => {
    const out = join(folder, 'refused');
    const place = mkdtempSync(join(folder, 'tokenizer-'));
    const { file } = writeVocabulary(join(place, 'vocab.txt'), ['もう一つ']);
    const pretrain = {
      vocab: file,
      model: { layers: 1, hidden: 16, heads: 2, ffn: 32 },
      corpus: [corpus],
      corpusSettings: LINES,
    };
    writeFileSync(join(place, 'other.pretrain.json'), JSON.stringify(pretrain));
    const other = await start(['pretrain', '--config', join(place, 'other.pretrain.json'), '--out', out, '--json'])
      .ended;
    const { corpusTokenizer, modelTokenizer, ...where } = errorOf(other, 'corpusTokenizerDiffers');
    assert.deepEqual(where, { folder: corpus, vocabFile: file });
    assert.match(`${corpusTokenizer} ${modelTokenizer}`, /^[0-9a-f]{64} [0-9a-f]{64}$/);
    assert.notEqual(corpusTokenizer, modelTokenizer);

    const { longest, ...limit } = errorOf(
      await distil(out, '--corpus', corpus, '--max-seq-length', '16'),
      'corpusLongerThanLimit',
    );
    assert.deepEqual(limit, { folder: corpus, maxSeqLength: 16 });
    assert.ok(longest > 16 && longest <= 64);

    const damaged = join(place, 'damaged');
    cpSync(corpus, damaged, { recursive: true });
    appendFileSync(join(damaged, 'shard-00000.ids'), 'x');
    assert.equal(errorOf(await distil(out, '--corpus', damaged), 'corpusFileDamaged').fault, 'size');

    const among = errorOf(await distil(out, '--corpus', corpus, '--corpus', text), 'configImpossible');
    assert.deepEqual([among.keys, among.reason], [['corpus'], 'corpus-among-texts']);
    assert.ok(!existsSync(out));
  });
});

describe('a run that is resumed', () => {
  test('goes on with the corpus that it built, wherever both were moved to, and does not look at the text', async () => {
    const run = moved('elsewhere');
    assert.equal(
      startedIn(finished(await distil(run, '--resume', '--corpus', join(folder, 'gone.txt')))).globalStep,
      4,
    );
    assert.equal(stateOf(run).corpus!.folder, join(folder, 'elsewhere', 'corpora', basename(corpus)));
  });

  test('builds it again when it is gone, unless the text would give another', async () => {
    const run = moved('cleared');
    rmSync(join(folder, 'cleared', 'corpora'), { recursive: true });
    finished(await distil(run, '--resume'));
    assert.equal(stateOf(run).corpus!.sha256, stateOf(first).corpus!.sha256);

    rmSync(join(folder, 'cleared', 'corpora'), { recursive: true });
    const other = writeCorpus(join(folder, 'cleared', 'corpus.txt'), 200, 9);
    const { began, now } = errorOf(await distil(run, '--resume', '--corpus', other), 'corpusChanged');
    assert.notEqual(basename(began), basename(now));
    assert.ok(!existsSync(now));
  });

  test('refuses other settings of the corpus, and a corpus with other contents', async () => {
    const run = moved('altered');
    const settings = await distil(run, '--resume', '--corpus-settings.min-tokens', '20');
    assert.notEqual(errorOf(settings, 'corpusChanged').now, stateOf(run).corpus!.folder);
    const file = join(folder, 'altered', 'corpora', basename(corpus), 'corpus.json');
    writeFileSync(file, `${readFileSync(file, 'utf8')}\n`);
    const { began, now } = errorOf(await distil(run, '--resume'), 'corpusChanged');
    assert.equal(basename(began), basename(now));

    const given = join(folder, 'given');
    cpSync(corpus, join(folder, 'given-corpus'), { recursive: true });
    finished(await distil(given, '--corpus', join(folder, 'given-corpus')));
    const theirs = join(folder, 'given-corpus', 'corpus.json');
    writeFileSync(theirs, `${readFileSync(theirs, 'utf8')}\n`);
    errorOf(await distil(given, '--resume', '--corpus', dirname(theirs)), 'corpusChanged');
  });

  test('of version 0.1 goes on only by lines, which was all that it knew', async () => {
    const run = moved('older');
    const { corpus: _, ...state } = stateOf(run);
    writeFileSync(join(run, 'state.json'), JSON.stringify(state));
    const packed = await distil(run, '--resume', '--corpus-settings.sequences', 'packed');
    assert.deepEqual(errorOf(packed, 'runOfOlderVersion'), { file: join(run, 'config.json') });
    finished(await distil(run, '--resume'));
  });
});
