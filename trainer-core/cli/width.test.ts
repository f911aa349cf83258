import assert from 'node:assert/strict';
import { test } from 'node:test';
import { displayWidth, fit, padEnd, padStart, wrap } from './width.js';

test('East-Asian characters take two columns, combining marks none', () => {
  assert.equal(displayWidth('abc'), 3);
  assert.equal(displayWidth('日本語'), 6);
  assert.equal(displayWidth('ｶﾅ'), 2);
  assert.equal(displayWidth('Ａ１'), 4);
  assert.equal(displayWidth('𠮷'), 2);
  assert.equal(displayWidth('e\u0301'), 1);
  assert.equal(displayWidth('が'.normalize('NFD')), 2);
});

test('text is cut and filled by columns, never inside a wide character', () => {
  assert.equal(fit('日本語', 6), '日本語');
  assert.equal(fit('日本語', 5), '日本…');
  assert.equal(fit('日本語', 4), '日…');
  assert.equal(padEnd('日', 4), '日  ');
  assert.equal(padStart('日', 4), '  日');
});

test('text is wrapped at spaces, and Japanese between characters but not before a full stop', () => {
  assert.deepEqual(wrap('one two three', 7), ['one two', 'three']);
  assert.deepEqual(wrap('日本語。次', 6), ['日本', '語。次']);
  assert.deepEqual(wrap('あとステップ', 8), ['あと', 'ステップ']);
  for (const line of wrap('チェックポイント /tmp/a/b が壊れています: checksum。一つ前から再開してください。', 20)) {
    assert.ok(displayWidth(line) <= 20, line);
  }
  assert.deepEqual(wrap('a\nb', 10), ['a', 'b']);
});
