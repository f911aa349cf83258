import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentNamespaces } from './namespaces.js';
import { isDisambiguation, isRedirect } from './pageKinds.js';

test('redirects are known by their first line', () => {
  for (const page of [
    '#REDIRECT [[東京]]',
    '#redirect[[東京]]',
    '#転送 [[東京]]',
    ' \n#リダイレクト: [[東京]]',
    '＃転送[[東京]]',
  ]) {
    assert.ok(isRedirect(page), page);
  }
  for (const page of ['東京\n#REDIRECT [[東京]]', '# [[東京]]', '#REDIRECT 東京', ''])
    assert.ok(!isRedirect(page), page);
});

test('disambiguations are known by their title or template', () => {
  assert.ok(isDisambiguation('', '銀河 (曖昧さ回避)'));
  assert.ok(isDisambiguation('', '銀河（曖昧さ回避）'));
  for (const name of [
    'aimai',
    'Aimai',
    '曖昧さ回避',
    '人名の曖昧さ回避',
    'Disambig',
    ' disambig ',
    'Template:aimai',
    'Aimai|a=b',
  ]) {
    assert.ok(isDisambiguation(`* [[a]]\n{{${name}}}`, '銀河'), name);
  }
  for (const page of [
    '{{Otheruses|銀河 (曖昧さ回避)}}',
    '[[環境]]{{要曖昧さ回避|date=2014年}}',
    '{{aimaix}}',
    'aimai',
  ]) {
    assert.ok(!isDisambiguation(page, '銀河'), page);
  }
});

test('the silent namespaces are the wiki’s own beside those of every wiki', () => {
  const names = silentNamespaces([
    { key: 6, name: 'Datei' },
    { key: 14, name: 'Kategorie' },
    { key: 10, name: 'Vorlage' },
  ]);
  assert.ok(names.has('datei') && names.has('kategorie') && names.has('file') && names.has('画像'));
  assert.ok(!names.has('vorlage') && !names.has('media'));
});
