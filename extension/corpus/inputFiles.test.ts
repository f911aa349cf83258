import assert from 'node:assert/strict';
import { it } from 'node:test';
import { byLikelihood, isInputFile } from './inputFiles.js';

it('takes what corpora are built from, and no vocabulary, table or archive of other things', () => {
  for (const file of [
    '/d/jawiki-latest-pages-articles.xml.bz2',
    '/d/jawiki-20260501-pages-articles1.xml-p1p114794.bz2',
    '/d/wiki.txt',
    '/d/wiki.TXT.gz',
    '/d/a.jsonl.zst',
    '/d/a.ndjson',
    '/d/train-00000-of-00001.parquet',
  ])
    assert.equal(isInputFile(file), true, file);
  for (const file of [
    '/d/vocab.txt',
    '/d/LICENSE.txt',
    '/d/jawiki-multistream-index.txt.bz2',
    '/d/train.tsv',
    '/d/photos.tar.gz',
    '/d/news.txt.zip',
    '/d/xml',
  ])
    assert.equal(isInputFile(file), false, file);
});

it('offers dumps first', () => {
  const files = ['/b.txt', '/z.xml.bz2', '/a.jsonl', '/c.xml'];
  assert.deepEqual(files.sort(byLikelihood), ['/c.xml', '/z.xml.bz2', '/a.jsonl', '/b.txt']);
});
