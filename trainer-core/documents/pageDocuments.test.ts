import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INPUT_OPTIONS } from '../../test/support/inputFiles.js';
import { DUMP_END, type DumpPage, dumpHead, dumpPage, dumpRevision, wikiDump } from '../../test/support/wikiDump.js';
import { hasCode } from '../protocol/errors.js';
import type { InputChunk } from './inputs.js';
import { type PageContext, pageDocuments, pagesOf } from './pageDocuments.js';

const CONTEXT: PageContext = {
  namespaces: [
    { key: 0, name: '' },
    { key: 1, name: 'ノート' },
    { key: 10, name: 'Template' },
  ],
  offsetBytes: 1000,
};

function chunk(xml: string | Buffer): InputChunk {
  return {
    file: { file: 'x.xml', format: 'mediawiki', compression: 'none', sizeBytes: xml.length },
    bytes: Buffer.from(xml as string),
    firstLine: 1,
    context: CONTEXT,
    faults: [],
    next: { file: 1 },
    readBytes: 0,
  };
}

const pages = (xml: string | Buffer) => [...pagesOf(chunk(xml), CONTEXT)];
const read = (all: readonly DumpPage[], options = {}) =>
  pageDocuments(chunk(wikiDump(all)), { ...INPUT_OPTIONS, ...options }, CONTEXT);

test('articles become documents; what is none is counted by the reason', () => {
  const all = [
    { title: '山', text: '[[山]]は高い。\n\n川は長い。' },
    { title: 'ノート:山', text: '議論。', namespace: 1 },
    { title: '岳', text: '#転送 [[山]]' },
    { title: '岳人', text: '#REDIRECT [[山]]' },
    { title: '山 (曖昧さ回避)', text: '「山」にはいくつかの意味がある。{{aimai}}' },
    { title: '空', text: '' },
    { title: '表', text: '{|\n|表\n|}' },
    { title: '海', text: '海は{{広い。' },
  ];
  const { documents, dropped, problems } = read(all);
  assert.deepEqual(documents.slice(0, 1), [{ id: '1', title: '山', lines: ['山は高い。', '川は長い。'] }]);
  assert.deepEqual(dropped, { otherNamespace: 1, redirect: 2, disambiguation: 1, noText: 2 });
  assert.equal(documents.length + 6, all.length);
  assert.equal(problems.unclosedTemplate, 1);
  assert.equal(read(all, { disambiguations: true }).dropped.disambiguation, 0);
});

test('references are decoded once', () => {
  const [page] = pages(wikiDump([{ title: 'R&D "x"', text: '<b>A&amp;B</b> "c" &nbsp;' }]));
  assert.equal(page?.title, 'R&D "x"');
  assert.equal(page?.wikitext, '<b>A&amp;B</b> "c" &nbsp;');
  const numeric = dumpPage(1, { title: 'a', text: 'TEXT' }).replace('TEXT', '&#12354;&#x1F600;&#39;&#xD800;&unknown;&');
  assert.equal(pages(numeric)[0]?.wikitext, "あ😀'&#xD800;&unknown;&");
});

test('texts of every schema are found', () => {
  const page = dumpPage(7, { title: 'あ', text: 'TEXT' });
  const text = (edit: (page: string) => string) => pages(edit(page))[0]?.wikitext;
  assert.equal(
    text((p) => p),
    'TEXT',
  );
  assert.equal(
    text((p) => p.replace(/<text[^>]*>/, '<text>')),
    'TEXT',
  );
  assert.equal(
    text((p) => p.replace(/<text[^>]*>/, '<text id="1" bytes="4" sha1="x" location="tt:1" xml:space="preserve">')),
    'TEXT',
  );
  assert.equal(
    text((p) => p.replace(/<text.*<\/text>/s, '<text bytes="0" xml:space="preserve" />')),
    null,
  );
  assert.equal(
    text((p) => p.replace(/<text.*<\/text>/s, '<text deleted="deleted"/>')),
    null,
  );
  assert.equal(
    text((p) => p.replace(/<text.*<\/text>/s, '')),
    null,
  );
  assert.equal(
    text((p) => p.replace('>wikitext<', '>json<')),
    null,
  );
  assert.equal(
    text((p) => p.replace(/<model>.*<\/format>/s, '')),
    'TEXT',
  );
  // Other slots of a revision come after the main one (schema 0.11).
  const slot = '<content><role>mediainfo</role><model>wikibase-mediainfo</model><text>{}</text></content></revision>';
  assert.equal(
    text((p) => p.replace('</revision>', slot)),
    'TEXT',
  );
});

test('where a schema names no namespace, the title does', () => {
  const namespace = (title: string) =>
    pages(dumpPage(1, { title, text: 'a' }).replace(/<ns>.*<\/ns>/, ''))[0]?.namespace;
  assert.equal(namespace('山'), 0);
  assert.equal(namespace('ノート:山'), 1);
  assert.equal(namespace('Template:雛形'), 10);
  assert.equal(namespace('2001年宇宙の旅: 副題'), 0);
});

test('redirects are known by their tag and by their text', () => {
  const tagged = dumpPage(1, { title: 'a', text: '#OHJAUS [[b]]' }).replace(
    '</id>\n',
    '</id>\n<redirect title="b" />\n',
  );
  assert.equal(pages(tagged)[0]?.redirects, true);
  assert.equal(pages(dumpPage(1, { title: 'a', text: '＃リダイレクト [[b]]' }))[0]?.redirects, true);
  assert.equal(pages(dumpPage(1, { title: 'a', text: '転送について。&lt;redirect' }))[0]?.redirects, false);
});

test('of several revisions the last counts', () => {
  const page = dumpPage(1, { title: 'a', text: 'old' }).replace('</page>', `${dumpRevision('new')}</page>`);
  assert.deepEqual(pages(page), [{ id: '1', title: 'a', namespace: 0, wikitext: 'new', redirects: false }]);
});

test('a page that does not end is left out, and exports after one another are one', () => {
  const page = (id: number) => dumpPage(id, { title: `${id}`, text: 'a' });
  const xml = dumpHead() + page(1) + page(2).slice(0, -20) + page(3) + DUMP_END + dumpHead() + page(4) + DUMP_END;
  assert.deepEqual(
    pages(`${xml}<page>`).map(({ id }) => id),
    ['1', '3', '4'],
  );
});

test('a page that is not UTF-8 is an error with its place', () => {
  const good = Buffer.from(dumpHead() + dumpPage(1, { title: '山', text: '高い' }));
  const bad = Buffer.from(dumpPage(2, { title: '川', text: '長い' }));
  bad[bad.indexOf('長')] = 0xff;
  assert.throws(
    () => pages(Buffer.concat([good, bad])),
    (error) => {
      assert.ok(hasCode(error, 'pageInvalidUtf8'));
      assert.deepEqual(error.data, {
        file: 'x.xml',
        title: '川',
        offsetBytes: 1000 + good.length + bad.indexOf('<page>'),
      });
      return true;
    },
  );
});
