/** Links, files and external links. */
import { rows } from '../../test/support/wikitext.js';

rows('links show their text', [
  ['[[東京]]は[[日本]]の[[首都]]。', '東京は日本の首都。'],
  ['[[東京都|東京]]は', '東京は'],
  ['[[dog]]s', 'dogs'],
  ['[[東京#歴史]]参照', '東京#歴史参照'],
  ['[[東京#歴史|歴史]]参照', '歴史参照'],
  ['[[a|b|c]]', 'b|c'],
  ["[[東京|'''東''京]]", '東京'],
  ['[[東京|{{lang|en|Tokyo}}]]', 'Tokyo'],
  ['[[東京|東\n京]]は', '東京は'],
  ['[[wikt:犬|犬]]', '犬'],
  ['[[メディア:a.ogg|音]]', '音'],
  ['[[]]空', '空'],
]);

rows('the pipe trick leaves out namespace, brackets and comma', [
  ['[[銀河 (小説)|]]は、[[Wikipedia:井戸端|]]', '銀河は、井戸端'],
  ['[[山田（作家）|]]は', '山田は'],
  ['[[パリ, テキサス|]]', 'パリ'],
]);

rows('categories and the same article in other languages show nothing', [
  ['本文[[Category:本|ほん]][[カテゴリ:本]]', '本文'],
  ['本文[[en:Tokyo]][[zh-min-nan:Tang-kiaⁿ]][[simple:Tokyo]]', '本文'],
  ['[[:Category:本]]と[[:ファイル:a.png|絵]]', 'Category:本と絵'],
  ['[[Re:ゼロから始める異世界生活]]と[[ en : Tokyo ]][[EN:Tokyo]]', 'Re:ゼロから始める異世界生活と'],
  ['[[:en:Tokyo|Tokyo]]と[[:en:Tokyo]]', 'Tokyoとen:Tokyo'],
]);

rows('files go with their captions', [
  ['[[ファイル:a.jpg|thumb|[[東京]]の{{lang|en|map}}（[[地図|図]]）]]本文', '本文'],
  ['[[File:a.jpg]][[Image:b.jpg|100px]][[画像:c.jpg]][[datei:d.jpg]]本文', '本文'],
  ['[[ファイル:a.jpg|thumb|一行\n[[二]]行]]本文', '本文'],
  ['[[ファイル:a.jpg|thumb|[http://example.org [[東京]]]]]本文', '本文'],
]);

rows('external links show their text, and without one nothing', [
  ['[http://example.org/ 公式サイト]を見よ', '公式サイトを見よ'],
  ['[https://example.org/?a=b&c=d [[東京]]の地図]', '東京の地図'],
  ['出典[http://example.org/]。', '出典。'],
  ['[//example.org 例]', '例'],
  ['[mailto:a@example.org 宛先]', '宛先'],
  ['[[http://example.org/ 例]]', '例'],
  ['[the symbol which]', '[the symbol which]'],
  ['http://example.org/ は例', 'http://example.org/ は例'],
]);
