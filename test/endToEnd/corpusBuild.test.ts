/** `corpus build`, `stats` and `show` as processes, to a distillation of what was built; bad input, and what Ctrl+C leaves behind. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { ErrorCode } from '../../trainer-core/protocol/errors.js';
import type { CorpusBuilt, JobProgress } from '../../trainer-core/protocol/jobs.js';
import { type Failure, failureOf, start } from '../support/commandLine.js';
import { sentences, writeDistillation, writeVocabulary } from '../support/tinyModels.js';
import { madeUpPages, wikiDump } from '../support/wikiDump.js';

const folder = mkdtempSync(join(tmpdir(), 'corpusBuild-'));
after(() => rmSync(folder, { recursive: true }));
const at = (...names: string[]) => join(folder, ...names);
const PARQUET = fileURLToPath(new URL('../../../trainer-core/documents/fixtures/rows.zstd.parquet', import.meta.url));
const STREAMS = fileURLToPath(new URL('../../../test/endToEnd/fixtures/two-streams.xml.bz2', import.meta.url));

const dump = at('jawiki.xml');
const vocabulary = at('teacher', 'vocab.txt');
let distillation: string;
before(async () => {
  writeFileSync(dump, wikiDump(madeUpPages(60)));
  distillation = await writeDistillation(folder);
  assert.equal((await run('corpus', 'build', ...asked('built'))).code, 0);
});

const run = (...argv: string[]) => start(argv).ended;
const asked = (out: string, input = dump) => ['--input', input, '--model', vocabulary, '--out', at(out)];
const manifestOf = (corpus: string) => JSON.parse(readFileSync(at(corpus, 'corpus.json'), 'utf8'));

/** The files of a folder by name, to compare byte by byte. */
function bytes(name: string): Record<string, string> {
  return Object.fromEntries(readdirSync(at(name)).map((file) => [file, readFileSync(at(name, file), 'base64')]));
}

describe('a dump', () => {
  test('with --json: progress, then the corpus; its report in stats, its text in show', async () => {
    const { code, out, err } = await run('corpus', 'build', ...asked('json'), '--json');
    assert.deepEqual([code, err], [0, '']);
    const lines: (JobProgress | CorpusBuilt)[] = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual([...new Set(lines.slice(0, -1).map(({ type }) => type))], ['progress']);
    const { type, folder: where, manifest } = lines.at(-1) as CorpusBuilt;
    assert.deepEqual([type, where, manifest], ['corpus', at('json'), manifestOf('json')]);
    const { documents } = manifest.report;
    assert.deepEqual([documents.read, documents.kept], [60, 48]);
    assert.deepEqual([documents.dropped.redirect, documents.dropped.otherNamespace], [6, 6]);

    const stats = await run('corpus', 'stats', at('json'), '--json', '--verify');
    assert.deepEqual([stats.code, JSON.parse(stats.out)], [0, manifest.report]);
    const shown = JSON.parse((await run('corpus', 'show', at('json'), '--sequence', '0', '--json')).out);
    assert.ok(shown.text.startsWith(sentences(1, 5)[0]?.text), shown.text);
    assert.deepEqual([shown.words[0], shown.words.at(-1)], [['[CLS]'], ['[SEP]']]);
  });

  test('for people: progress, then the report; the folder of a model is as good as its vocab.txt', async () => {
    const input = ['--input', dump, '--model', at('teacher'), '--out', at('by-model')];
    const { code, out, err } = await run('corpus', 'build', ...input, '--lang', 'ja');
    assert.equal(code, 0);
    assert.match(out, /^コーパスを作成しました: .*by-model\n\n入力ファイル[\s\S]*\n {2}リダイレクト +6 +10\.0 %\n/);
    assert.match(err, /^作成中 .*60 文書/m);
    assert.deepEqual(bytes('by-model'), bytes('built'));
  });

  test('settings are flags, and stand in what stats says', async () => {
    const flags = ['--sequences', 'sentences', '--max-seq-length', '32', '--min-chars', '20', '--drop-duplicates'];
    const built = await run('corpus', 'build', ...asked('flags'), ...flags, '--workers', '1');
    assert.match(built.out, /\n {2}under 20 characters +\d+ /);
    const { out } = await run('corpus', 'stats', at('flags'));
    const said = out.replace(/\n +/g, ' ');
    assert.match(said, /^Settings +--sequences sentences --min-chars 20 --drop-duplicates --max-seq-length 32$/m);
    assert.ok(manifestOf('flags').report.lengths.longest <= 32);
  });

  test('a student is distilled from the corpus, which is read where it lies', async () => {
    assert.equal((await run('corpus', 'build', ...asked('short'), '--max-seq-length', '64')).code, 0);
    const argv = ['--config', distillation, '--corpus', at('short'), '--num-epochs', '1', '--out', at('run')];
    const { code, out, err } = await run('distill', ...argv, '--json');
    assert.deepEqual([code, err], [0, '']);
    const started = JSON.parse(out.split('\n', 1)[0] as string);
    assert.deepEqual([started.type, started.sequences], ['started', manifestOf('short').sequences]);
    assert.ok(existsSync(at('run', 'final', 'model.safetensors')));
  });

  test('damage is told at the end, and again in stats; what could be read is in the corpus', async () => {
    const cut = at('cut.xml.bz2');
    const whole = readFileSync(STREAMS);
    writeFileSync(cut, whole.subarray(0, whole.length - 40));
    const { code, out, err } = await run('corpus', 'build', ...asked('cut', cut));
    assert.equal(code, 0);
    assert.match(err.replaceAll('\n', ' '), /Unpacking .* Warning: \S*cut\.xml\.bz2 breaks off at byte [\d,]+;/);
    assert.match(out, /^Documents +1$/m);
    const stats = await run('corpus', 'stats', at('cut'));
    assert.match(stats.out.replaceAll('\n', ' '), /Damage in the input +\S*cut\.xml\.bz2 breaks off/);
  });
});

describe('what is refused', () => {
  /** Exit code 1, this error, and words that name these. */
  function assertFailure<C extends ErrorCode>(
    failure: Failure<ErrorCode>,
    code: C,
    ...named: string[]
  ): asserts failure is Failure<C> {
    assert.deepEqual([failure.exitCode, failure.code], [1, code], failure.text);
    assert.ok(failure.action.length > 10);
    const text = failure.text.replaceAll(' ', '');
    for (const name of named) assert.ok(text.includes(name), `${name}: ${text}`);
  }

  test('a dump in another language, an empty dump, no file; nothing is left', async () => {
    const english = at('enwiki.xml');
    writeFileSync(english, wikiDump(madeUpPages(3), 'en'));
    assertFailure(await failureOf('corpus', 'build', ...asked('bad', english)), 'dumpOtherLanguage', english, '"en"');
    const empty = at('empty.xml');
    writeFileSync(empty, wikiDump([]));
    assertFailure(await failureOf('corpus', 'build', ...asked('bad', empty)), 'dumpEmpty', empty);
    assertFailure(await failureOf('corpus', 'build', ...asked('bad', at('no.xml'))), 'fileNotFound', at('no.xml'));
    assert.ok(!existsSync(at('bad')));
  });

  test('what cannot be read, with the place; nothing is left', async () => {
    const noise = Buffer.from(Array.from({ length: 1000 }, (_, i) => (i * 37 + 128) % 256));
    const damaged = gzipSync(wikiDump(madeUpPages(20)));
    damaged.fill(0x55, 200, 220);
    const cases: [string, Uint8Array | string, ErrorCode, string[]][] = [
      ['empty.txt', '', 'fileEmpty', []],
      ['noise.txt', noise, 'invalidUtf8', ['noise.txt:1']],
      ['noise.xml', noise, 'dumpNotMediaWiki', []],
      ['noise.xml.bz2', Buffer.concat([Buffer.from('BZh9'), noise]), 'inputDamaged', ['byte0']],
      ['noise.parquet', noise, 'parquetInvalid', []],
      ['damaged.xml.gz', damaged, 'packedFileDamaged', [`byte${damaged.length}`]],
      ['line.jsonl', '{"text":"文。"}\n{"text":"文', 'jsonLineInvalid', ['line.jsonl:2']],
      ['field.jsonl', '{"text":"文。"}\n{"body":"文。"}\n', 'fieldMissing', ['field.jsonl:2', '"text"', 'body']],
      ['long.txt', '長い行。'.repeat(400_000), 'lineTooLong', ['long.txt:1', '4.0MiB']],
      ['b.pickle', '(lp0', 'inputUnsupported', []],
    ];
    for (const [name, contents, code, named] of cases) {
      writeFileSync(at(name), contents);
      const failure = await failureOf('corpus', 'build', ...asked('unread', at(name)));
      assertFailure(failure, code, at(name), ...named);
      assert.ok(!/(?!\n)\p{Cc}/u.test(failure.text), failure.text);
      assert.ok(!existsSync(at('unread')), name);
    }
    const column = await failureOf('corpus', 'build', ...asked('unread', PARQUET), '--text-field', 'nothing');
    assertFailure(column, 'fieldMissing', PARQUET, '"nothing"', 'title');
  });

  test('a folder with another corpus or with other files, which stay as they are', async () => {
    const there = bytes('built');
    const other = await failureOf('corpus', 'build', ...asked('built'), '--sequences', 'lines');
    assertFailure(other, 'corpusBuildDiffers', at('built'), 'sequences', 'packed', 'lines');
    assert.deepEqual(bytes('built'), there);
    assertFailure(await failureOf('corpus', 'build', ...asked('teacher')), 'corpusFolderTaken', at('teacher'));
  });

  test('a corpus of another tokenizer: both hashes are named', async () => {
    const other = writeVocabulary(at('other.txt'), ['余分']).file;
    const argv = ['--input', dump, '--model', other, '--out', at('other')];
    assert.equal((await run('corpus', 'build', ...argv)).code, 0);
    const hashes = ['other', 'built'].map((name): string => manifestOf(name).tokenizer.sha256);
    const failure = await failureOf('distill', '--config', distillation, '--corpus', at('other'), '--out', at('never'));
    assertFailure(failure, 'corpusTokenizerDiffers', at('other'), ...hashes);
    assert.deepEqual([failure.data.corpusTokenizer, failure.data.modelTokenizer], hashes);
    assert.ok(!existsSync(at('never')));
    const again = await failureOf('corpus', 'build', ...asked('other'));
    assertFailure(again, 'corpusBuildDiffers', at('other'), ...hashes);
  });

  test('settings that are out of range or misspelt: usage errors that name the flag', async () => {
    const said = async (...more: string[]) => {
      const { exitCode, text } = await failureOf('corpus', 'build', ...asked('bad'), ...more);
      assert.equal(exitCode, 2);
      return text;
    };
    assert.match(await said('--max-unknown', '2'), /^--max-unknown: .*at most 1/);
    assert.match(await said('--sequences', 'packd'), /"packed" or "sentences" or "lines"/);
    assert.match(
      await said('--min-tokens', '65', '--max-seq-length', '64'),
      /^--min-tokens: .*minTokens, maxSeqLength/,
    );
    assert.match(await said('--workers', '0'), /^--workers: .*at least 1/);
    assert.match(await said('--drop-duplicate'), /Did you mean --drop-duplicates\?/);
    assert.match(await said('--vocab', vocabulary), /no option --vocab/);
    assert.ok(!existsSync(at('bad')));
  });
});

describe('Ctrl+C', { skip: process.platform === 'win32' }, () => {
  test('says how to go on; the same command again comes to the same bytes, and once more changes nothing', async () => {
    const long = at('long.xml');
    writeFileSync(long, wikiDump(madeUpPages(3000)));
    assert.equal((await run('corpus', 'build', ...asked('whole', long))).code, 0);

    const { child, ended } = start(['corpus', 'build', ...asked('stopped', long)]);
    await once(child.stderr as NodeJS.ReadableStream, 'data');
    child.kill('SIGINT');
    const { code, out, err } = await ended;
    assert.deepEqual([code, out], [1, '']);
    assert.match(err, /\nStopped\. Run the same command again to go on from here\.\n$/);
    assertUnfinished(await failureOf('corpus', 'stats', at('stopped')));

    for (let time = 0; time < 2; time++) {
      assert.equal((await run('corpus', 'build', ...asked('stopped', long))).code, 0);
      assert.deepEqual(bytes('stopped'), bytes('whole'));
    }
  });

  function assertUnfinished({ code, text }: Failure<ErrorCode>): void {
    assert.equal(code, 'corpusNotFound');
    assert.match(text, /run the same build again/);
  }
});
