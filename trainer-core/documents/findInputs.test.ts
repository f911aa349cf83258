import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { inputFolder } from '../../test/support/inputFiles.js';
import { wikiDump } from '../../test/support/wikiDump.js';
import { type ErrorCode, hasCode, type UnsupportedInput } from '../protocol/errors.js';
import { findInputs } from './findInputs.js';

const { folder, write } = inputFolder('findInputs');

const ARTICLE = '<doc id="1" url="u" title="山">\n山\n\n山は高い。\n</doc>\n';
const ARTICLE_JSON = '{"id": "1", "revid": "2", "url": "u", "title": "山", "text": "山は高い。"}\n';
const RECORD = '{"text": "山は高い。"}\n';
const DUMP = wikiDump([{ title: '山', text: '山は高い。' }]);

/** Writes files into a new folder and gives what is found in it, by name. */
let folders = 0;
function made(files: Record<string, string | Uint8Array>): string {
  const root = join(folder, String(++folders));
  mkdirSync(root);
  for (const [name, contents] of Object.entries(files)) {
    mkdirSync(join(root, name, '..'), { recursive: true });
    writeFileSync(join(root, name), contents);
  }
  return root;
}

async function found(root: string): Promise<string[]> {
  const inputs = await findInputs([root]);
  return inputs.map(({ file, format, compression }) => `${relative(root, file)} ${format} ${compression}`);
}

test('names tell what files are, in whatever case and compression', async () => {
  const root = made({
    'a.xml': DUMP,
    'b.XML.GZ': gzipSync(DUMP),
    'jawiki-20240101-pages-articles1.xml-p1p114794.gz': gzipSync(DUMP),
    'c.txt': '一行。\n',
    'c.txt.gz': gzipSync('一行。\n'),
    'd.jsonl': RECORD,
    'd.ndjson': RECORD,
    'd.json': RECORD,
    'e.parquet': 'PAR1',
  });
  assert.deepEqual(await found(root), [
    'a.xml mediawiki none',
    'b.XML.GZ mediawiki gz',
    'c.txt text none',
    'c.txt.gz text gz',
    'd.json jsonl none',
    'd.jsonl jsonl none',
    'd.ndjson jsonl none',
    'e.parquet parquet none',
    'jawiki-20240101-pages-articles1.xml-p1p114794.gz mediawiki gz',
  ]);
});

test('a corpus that was built among its texts is none of them', async () => {
  const root = made({
    'a.txt': '一行。\n',
    'runs/corpora/a-0/corpus.json': '{}',
    'runs/corpora/a-0/vocab.txt': '山\n',
  });
  assert.deepEqual(await found(root), ['a.txt text none']);
});

test('where names do not tell, the first bytes do, and in a folder what is neither is passed over', async () => {
  const root = made({
    'AA/wiki_00': ARTICLE,
    'AA/wiki_01.gz': gzipSync(ARTICLE),
    'AB/wiki_00': ARTICLE_JSON,
    'AB/wiki_01': ARTICLE_JSON.replace('高い', '高い'.repeat(40_000)),
    'packed without a name for it': gzipSync(RECORD),
    dump: `\ufeff<?xml version="1.0"?>\n${DUMP}`,
    'all.txt': ARTICLE,
    'README.md': '# 読んでください\n',
    'config.json': '{\n  "text": "設定"\n}\n',
    'list.json': '[1, 2]',
    'dataset_infos.json': '{"default": {"text": "設定"}}',
    'image.png': Buffer.from([0x89, 0x50, 0x4e, 0x47]),
    'ids.pickle': Buffer.from([0x80, 3]),
    'jawiki-20240101-pages-articles-multistream-index.txt': '0:1:山\n',
    'empty.txt': '',
    '.hidden/a.txt': '隠れた文。\n',
    '.DS_Store': 'x',
  });
  assert.deepEqual(await found(root), [
    'AA/wiki_00 wikiextractor none',
    'AA/wiki_01.gz wikiextractor gz',
    'AB/wiki_00 wikiextractor none',
    'AB/wiki_01 wikiextractor none',
    'all.txt wikiextractor none',
    'dump mediawiki none',
    'packed without a name for it jsonl gz',
  ]);
});

test('a file that is named is text when nothing else is known of it', async () => {
  const [input] = await findInputs([write('notes', '覚え書き。\n')]);
  assert.equal(input?.format, 'text');
});

test('several paths keep their order; links are followed, but not in circles', async () => {
  const root = made({ 'b/2.txt': 'x', 'b/10.txt': 'x', 'a/z.txt': 'x' });
  symlinkSync('..', join(root, 'b', 'up'));
  symlinkSync(join(root, 'a', 'z.txt'), join(root, 'b', 'link.txt'));
  const inputs = await findInputs([join(root, 'b'), join(root, 'a')]);
  assert.deepEqual(
    inputs.map(({ file }) => relative(root, file)),
    ['b/10.txt', 'b/2.txt', 'b/link.txt', 'b/up/a/z.txt', 'a/z.txt'],
  );
});

const rejects = (paths: string[], code: ErrorCode) =>
  assert.rejects(findInputs(paths), (error) => hasCode(error, code));

test('what is not read is refused with the reason', async () => {
  const files: [string, string | Uint8Array, UnsupportedInput][] = [
    ['binarized.pickle', '', 'pickle'],
    ['token_counts.pkl.gz', '', 'pickle'],
    ['unnamed', Buffer.from('\x80\x04\x95', 'latin1'), 'pickle'],
    ['data-00000-of-00001.arrow', '', 'arrow'],
    ['wiki.tar.gz', '', 'archive'],
    ['texts.zip', '', 'archive'],
    ['jawiki-latest-page.sql.gz', '', 'sqlDump'],
    ['jawiki-latest-pages-articles-multistream-index.txt.bz2', '', 'multistreamIndex'],
    ['pretty.json', '{\n  "text": "文"\n}', 'jsonDocument'],
    ['list.json', '["文"]', 'jsonDocument'],
  ];
  for (const [name, contents, kind] of files) {
    const file = write(name, contents);
    await assert.rejects(findInputs([file]), (error) => {
      assert.ok(hasCode(error, 'inputUnsupported'), name);
      assert.deepEqual(error.data, { file, kind });
      return true;
    });
  }
  await rejects([made({ 'only.pickle': 'x', 'README.md': 'x' })], 'inputUnsupported');
});

test('nothing to read is told', async () => {
  await rejects([made({})], 'inputsMissing');
  await rejects([made({ 'a/README.md': 'x', 'b/config.json': '{}' })], 'inputsMissing');
  await rejects([join(folder, 'no such file')], 'fileNotFound');
  if (process.platform !== 'win32') await rejects(['/dev/null'], 'fileUnreadable');
  await rejects([write('damaged.gz', gzipSync('text').subarray(0, 10))], 'inputDamaged');
});
