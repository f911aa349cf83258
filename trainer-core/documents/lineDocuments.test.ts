import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasCode } from '../protocol/errors.js';
import { articleDocuments } from './articleDocuments.js';
import type { InputChunk } from './inputs.js';
import { jsonDocuments } from './jsonDocuments.js';
import { linesOf, textDocuments } from './textLines.js';

function chunk(contents: string | Buffer, firstLine = 1): InputChunk {
  return {
    file: { file: 'x', format: 'text', compression: 'none', sizeBytes: 0 },
    bytes: Buffer.from(contents as string),
    firstLine,
    context: null,
    faults: [],
    next: { file: 1 },
    readBytes: 0,
  };
}

test('lines are trimmed, blank ones left out, and no line break stays inside of one', () => {
  assert.deepEqual(linesOf(' 一 \r\n\u3000\n二\u2028三\r四\u0085五\v六\n'), ['一', '二', '三', '四', '五', '六']);
  assert.deepEqual(linesOf('\n \n'), []);
});

test('text: documents end at blank lines, or each line is one; they are named by their line', () => {
  const text = '\ufeff山は高い。\r\n川は長い。\r\n\r\n\u3000\n海は広い。';
  assert.deepEqual(textDocuments(chunk(text), 'blankLines').documents, [
    { id: '1', title: '', lines: ['山は高い。', '川は長い。'] },
    { id: '5', title: '', lines: ['海は広い。'] },
  ]);
  assert.deepEqual(
    textDocuments(chunk(text, 10), 'lines').documents.map(({ id, lines }) => [id, ...lines]),
    [
      ['10', '山は高い。'],
      ['11', '川は長い。'],
      ['14', '海は広い。'],
    ],
  );
});

test('text that is not UTF-8 is an error with its line', () => {
  const bytes = Buffer.concat([Buffer.from('一\n二\n'), Buffer.from([0xe3, 0x81]), Buffer.from('\n三\n')]);
  assert.throws(
    () => textDocuments(chunk(bytes, 5), 'lines'),
    (error) => hasCode(error, 'invalidUtf8') && error.data.line === 7,
  );
});

test('JSONL: text, id and title; empty and null texts are counted', () => {
  const jsonl = [
    '{"id": 7, "title": "山", "text": "山は高い。\\n\\n川は長い。", "url": "u"}',
    '',
    '{"text": "海は広い。", "title": 3}',
    '{"text": " \\n"}',
    '{"text": null}',
  ].join('\r\n');
  const { documents, dropped } = jsonDocuments(chunk(jsonl, 3), 'text');
  assert.deepEqual(documents, [
    { id: '7', title: '山', lines: ['山は高い。', '川は長い。'] },
    { id: '5', title: '', lines: ['海は広い。'] },
  ]);
  assert.equal(dropped.noText, 2);
});

test('JSONL: what is wrong is told with its line', () => {
  const fails = (jsonl: string, field = 'text') => {
    try {
      jsonDocuments(chunk(`{"text": "a"}\n${jsonl}\n`), field);
    } catch (error) {
      return error;
    }
    return assert.fail('no error');
  };
  const missing = fails('{"body": "a", "n": 1}');
  assert.ok(hasCode(missing, 'fieldMissing'));
  assert.deepEqual(missing.data, { file: 'x', line: 2, field: 'text', known: ['body', 'n'] });
  const number = fails('{"text": 12}');
  assert.ok(hasCode(number, 'fieldNotText'));
  assert.deepEqual(number.data, { file: 'x', line: 2, field: 'text', got: '12' });
  for (const [jsonl, column] of [
    ['{"text": "a",}', 14],
    ['{"text": "a"', 13],
    [' ["text"]', 2],
    ['text', 1],
  ] as const) {
    const error = fails(jsonl);
    assert.ok(hasCode(error, 'jsonLineInvalid'), jsonl);
    assert.deepEqual(error.data, { file: 'x', line: 2, column });
  }
});

test('WikiExtractor: articles lose their marks, their title line and their references', () => {
  const text = `<doc id="5" url="https://example.org/?curid=5" title="R&amp;D &quot;x&quot;">
R&amp;D "x"

A &lt;b&gt; です。
見出し。

</doc>

<doc id="6" url="u" title="題名だけ">
題名だけ

</doc>
<doc id="7" revid="8" url="u" title="山">
山は高い。
</doc>
`;
  const { documents, dropped } = articleDocuments(chunk(text), false);
  assert.deepEqual(documents, [
    { id: '5', title: 'R&D "x"', lines: ['A <b> です。', '見出し。'] },
    { id: '7', title: '山', lines: ['山は高い。'] },
  ]);
  assert.equal(dropped.noText, 1);
});

test('WikiExtractor --json: the same', () => {
  const json =
    '{"id": "5", "revid": "1", "url": "u", "title": "山", "text": "山\\n\\n山は &lt;高い&gt;。"}\n{"id": "6", "url": "u", "title": "川", "text": "川は長い。"}\n';
  assert.deepEqual(articleDocuments(chunk(json), true).documents, [
    { id: '5', title: '山', lines: ['山は <高い>。'] },
    { id: '6', title: '川', lines: ['川は長い。'] },
  ]);
});
