/** `corpus extract` as a process: documents in their order, in a pipe and in a file, past damage, and what it refuses. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { failureOf, start } from '../support/commandLine.js';
import { dumpHead, dumpPage, madeUpPages, wikiDump } from '../support/wikiDump.js';

const folder = mkdtempSync(join(tmpdir(), 'corpusExtract-'));
after(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

/** The head of a dump and its first two made-up pages, each in a bzip2 stream of its own; made with `bzip2` from `wikiDump.ts`. */
const STREAMS = fileURLToPath(new URL('../../../test/endToEnd/fixtures/two-streams.xml.bz2', import.meta.url));

function written(name: string, contents: string | Uint8Array): string {
  writeFileSync(at(name), contents);
  return at(name);
}

const extract = (input: string, ...more: string[]) =>
  start(['corpus', 'extract', '--input', input, ...(more.includes('--out') ? [] : ['--out', '-']), ...more]).ended;
const documentsIn = (text: string): { id: string; title: string; text: string }[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
const titles = (text: string) => documentsIn(text).map(({ title }) => title);
/** Words as they were before they were broken into lines. */
const joined = (text: string) => text.replace(/\n(?!Warning|$)/g, ' ');

const PAGES = madeUpPages(60);
const dump = written('jawiki.xml', wikiDump(PAGES));

describe('the text of a dump', () => {
  test('comes as a JSON object a document, in order, without markup; the same to a file and to a pipe', async () => {
    const piped = await extract(dump);
    assert.deepEqual([piped.code, piped.err], [0, '']);
    const articles = PAGES.map((page, i) => ({ ...page, id: String(i + 1) })).filter(
      ({ namespace, redirect }) => !namespace && !redirect,
    );
    const documents = documentsIn(piped.out);
    assert.deepEqual(
      documents.map(({ id, title }) => [id, title]),
      articles.map(({ id, title }) => [id, title]),
    );
    assert.deepEqual(Object.keys(documents[0] ?? {}), ['id', 'title', 'text']);
    for (const [i, { text }] of documents.entries()) {
      assert.doesNotMatch(text, /'''|\[\[|\{\{|<ref|本|thumb/);
      assert.ok(articles[i]?.text.includes(text.split('\n').at(-1) as string));
    }

    const file = at('extracted.jsonl');
    const { code, out } = await extract(dump, '--out', file, '--json');
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(out.trimEnd().split('\n').at(-1) as string), {
      type: 'extracted',
      documents: 48,
      output: file,
      faults: [],
    });
    assert.equal(readFileSync(file, 'utf8'), piped.out);
    const people = await extract(dump, '--out', file, '--lang', 'ja');
    assert.match(people.out, /^48 文書のテキストを書き込みました: .*extracted\.jsonl\n$/);
    assert.match(people.err, /^抽出中 /);

    // What was extracted is input again.
    const again = await extract(file);
    assert.deepEqual(
      documentsIn(again.out).map(({ text }) => text),
      documents.map(({ text }) => text),
    );
  });

  test('headings and lists by options; several inputs in their order, a folder in the order of its paths', async () => {
    const page = { title: '章', text: '本文です。\n\n== 概要 ==\n続きです。\n* 一つ目\n* 二つ目' };
    const small = written('small.xml', wikiDump([page]));
    const textOf = async (...flags: string[]) => documentsIn((await extract(small, ...flags)).out)[0]?.text;
    assert.equal(await textOf(), '本文です。\n続きです。');
    assert.match((await textOf('--headings', '--lists')) ?? '', /概要\n続きです。\n.*一つ目\n.*二つ目/);
    mkdirSync(at('texts'));
    for (const name of ['b', 'a']) written(`texts/${name}.txt`, `${name}の文。\n`);
    const several = await start(['corpus', 'extract', '--input', small, at('texts'), '--out', '-']).ended;
    assert.deepEqual(
      documentsIn(several.out).map(({ text }) => text),
      ['本文です。\n続きです。', 'aの文。', 'bの文。'],
    );
  });

  test('a field of JSONL by its name; one that is not there is told with those that are', async () => {
    const file = written('x.jsonl', '{"body": "一つ目。"}\n{"body": "二つ目。"}\n');
    assert.deepEqual(
      documentsIn((await extract(file, '--text-field', 'body')).out).map(({ text }) => text),
      ['一つ目。', '二つ目。'],
    );
    const failure = await failureOf<'fieldMissing'>('corpus', 'extract', '--input', file, '--out', '-');
    assert.deepEqual(
      [failure.exitCode, failure.code, failure.data],
      [1, 'fieldMissing', { file, line: 1, field: 'text', known: ['body'] }],
    );
  });
});

describe('a reader, a signal', () => {
  const long = written('long.xml', wikiDump(madeUpPages(3000)));

  test('a reader that has enough ends it without a word', async () => {
    const { child, ended } = start(['corpus', 'extract', '--input', long, '--out', '-']);
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    child.stdout?.destroy();
    const { code, err } = await ended;
    assert.deepEqual([code, err], [0, '']);
  });

  test('SIGTERM ends it with exit code 1 and leaves no file', { skip: process.platform === 'win32' }, async () => {
    mkdirSync(at('stopped'));
    const { child, ended, wrote } = start([
      'corpus',
      'extract',
      '--input',
      long,
      '--out',
      at('stopped/x.jsonl'),
      '--json',
    ]);
    assert.ok(await wrote(/"extracting"/));
    child.kill('SIGTERM');
    assert.equal((await ended).code, 1);
    assert.deepEqual(readdirSync(at('stopped')), []);
  });
});

describe('damage is told on standard error, with exit code 0', () => {
  test('a dump that breaks off: all that comes before is kept', async () => {
    const whole = readFileSync(STREAMS);
    assert.deepEqual(titles((await extract(STREAMS)).out), ['記事0', '記事1']);
    const cut = written('cut.xml.bz2', whole.subarray(0, whole.length - 40));
    const { code, out, err } = await extract(cut);
    assert.equal(code, 0);
    assert.deepEqual(titles(out), ['記事0']);
    assert.match(
      joined(err),
      /^Warning: \S*cut\.xml\.bz2 breaks off at byte [\d,]+; all that comes before was kept\.\n/,
    );
    assert.match((await extract(cut, '--lang', 'ja')).err, /^警告: /);
    const file = at('cut.jsonl');
    const result = JSON.parse((await extract(cut, '--out', file, '--json')).out.trimEnd().split('\n').at(-1) as string);
    assert.deepEqual([result.documents, result.faults[0].kind, result.faults[0].file], [1, 'truncated', cut]);
  });

  test('a block with a wrong checksum: what lies in it is left out', async () => {
    const bytes = Uint8Array.from(readFileSync(STREAMS));
    const second = Buffer.from(bytes).indexOf('BZh9', 4);
    // The block's CRC stands after the stream's head and the block's mark.
    bytes[second + 4 + 6]! ^= 0xff;
    const { code, out, err } = await extract(written('crc.xml.bz2', bytes));
    assert.equal(code, 0);
    assert.deepEqual(titles(out), ['記事1']);
    assert.match(joined(err), /Warning: \S*crc\.xml\.bz2: the block at byte [\d,]+ is damaged and was left out\.\n/);
  });

  test('XML that ends within a page: the page is left out', async () => {
    const [first, second] = PAGES.slice(0, 2).map((page, i) => dumpPage(i + 1, page)) as [string, string];
    const cut = written('cut.xml', `${dumpHead()}${first}${second.slice(0, second.length / 2)}`);
    const { code, out, err } = await extract(cut);
    assert.equal(code, 0);
    assert.deepEqual(titles(out), ['記事0']);
    assert.match(
      joined(err),
      /^Warning: \S*cut\.xml breaks off at byte [\d,]+;.*\nWarning: \S*cut\.xml: the page around byte /,
    );
  });
});

describe('what is refused names the file', () => {
  const refused = async (code: string, file: string, ...more: string[]) => {
    const failure = await failureOf('corpus', 'extract', '--input', file, '--out', at('refused'), ...more);
    assert.deepEqual([failure.exitCode, failure.code], [1, code], failure.text);
    assert.ok(failure.text.replaceAll(' ', '').includes(file), failure.text);
    assert.ok(failure.action.length > 10);
    assert.ok(!existsSync(at('refused')));
    return failure.text;
  };

  test('a dump in another language, unless it is asked for', async () => {
    const english = written('enwiki.xml', wikiDump(PAGES.slice(0, 3), 'en'));
    assert.match(await refused('dumpOtherLanguage', english), /"en".*--any-language/);
    assert.equal(titles((await extract(english, '--any-language')).out).length, 3);
  });

  test('an empty dump, an empty file, no file, a folder without text, a pickle', async () => {
    await refused('dumpEmpty', written('empty.xml', wikiDump([])));
    await refused('fileEmpty', written('nothing.txt', ''));
    await refused('fileNotFound', at('nowhere.xml'));
    mkdirSync(at('empty'));
    await refused('inputsMissing', at('empty'));
    await refused('inputUnsupported', written('binarized.pickle', Uint8Array.of(0x80, 4, 0x95)));
  });

  test('the input as output', async () => {
    const failure = await failureOf('corpus', 'extract', '--input', dump, '--out', join(folder, '.', 'jawiki.xml'));
    assert.equal(failure.code, 'outputIsInput');
    assert.equal(readFileSync(dump, 'utf8'), wikiDump(PAGES));
  });
});
