/** Every construct of wikitext, as rows of what stands in the page and what is shown. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extractText } from './extractText.js';
import { silentNamespaces } from './namespaces.js';

const OPTIONS = { lists: false, headings: false, silentNamespaces: silentNamespaces([{ key: 6, name: 'Datei' }]) };

function shown(wikitext: string, options = {}): string[] {
  return extractText(wikitext, { ...OPTIONS, ...options }).paragraphs;
}

/** Rows of [wikitext, paragraphs parted by `¶`]. */
function table(name: string, rows: readonly (readonly [string, string])[], options = {}): void {
  test(name, () => {
    for (const [wikitext, expected] of rows) {
      assert.equal(shown(wikitext, options).join('¶'), expected, JSON.stringify(wikitext));
    }
  });
}

table('links show their text', [
  ['[[東京]]は[[日本]]の[[首都]]。', '東京は日本の首都。'],
  ['[[東京都|東京]]は', '東京は'],
  ['[[dog]]s', 'dogs'],
  ['[[東京#歴史]]参照', '東京#歴史参照'],
  ['[[東京#歴史|歴史]]参照', '歴史参照'],
  ['[[銀河 (小説)|]]は、[[Wikipedia:井戸端|]]', '銀河は、井戸端'],
  ['[[山田（作家）|]]は', '山田は'],
  ['[[a|b|c]]', 'b|c'],
  ["[[東京|'''東''京]]", '東京'],
  ['[[東京|{{lang|en|Tokyo}}]]', 'Tokyo'],
  ['[[:Category:本]]と[[:ファイル:a.png|絵]]', 'Category:本と絵'],
  ['本文[[Category:本|ほん]][[カテゴリ:本]]', '本文'],
  ['本文[[en:Tokyo]][[zh-min-nan:Tang-kiaⁿ]][[simple:Tokyo]]', '本文'],
  ['[[:en:Tokyo|Tokyo]]と[[:en:Tokyo]]', 'Tokyoとen:Tokyo'],
  ['[[wikt:犬|犬]]', '犬'],
  ['[[http://example.org/ 例]]', '例'],
]);

table('files go with their captions', [
  ['[[ファイル:a.jpg|thumb|[[東京]]の{{lang|en|map}}（[[地図|図]]）]]本文', '本文'],
  ['[[File:a.jpg]][[Image:b.jpg|100px]][[画像:c.jpg]][[datei:d.jpg]]本文', '本文'],
  ['[[ファイル:a.jpg|thumb|一行\n[[二]]行]]本文', '本文'],
]);

table('external links show their text', [
  ['[http://example.org/ 公式サイト]を見よ', '公式サイトを見よ'],
  ['[https://example.org/?a=b&c=d [[東京]]の地図]', '東京の地図'],
  ['出典[http://example.org/]。', '出典。'],
  ['[//example.org 例]', '例'],
  ['[mailto:a@example.org 宛先]', '宛先'],
  ['[the symbol which]', '[the symbol which]'],
  ['http://example.org/ は例', 'http://example.org/ は例'],
]);
