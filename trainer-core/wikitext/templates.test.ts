/** Templates: those that carry text, and all the others. */
import { rows } from '../../test/support/wikitext.js';

rows('templates show nothing', [
  [
    "{{Infobox\n|名前 = [[東京]]\n|図 = [[ファイル:a.jpg|100px]]\n|注 = {{lang|en|x}}<ref>y</ref>\n}}\n'''東京'''は",
    '東京は',
  ],
  ['本文{{要出典|date=2015年6月}}。', '本文。'],
  ['{{Main|歴史}}\n本文', '本文'],
  ['{{DEFAULTSORT:とうきよう}}本文{{PAGENAME}}{{CURRENTYEAR}}', '本文'],
  ['{{{1|既定}}}本文', '本文'],
  ['{{ {{a}} | {{b|{{c}}}} }}本文', '本文'],
  ['{{a|<nowiki>}}</nowiki>}}本文', '本文'],
  ['{{a|<!-- }} -->}}本文', '本文'],
  ['{{a|b=\n{|\n|c\n|}\n}}本文', '本文'],
  ['{{a\n|b=\n|}}本文', '本文'],
]);

rows('links to articles in other languages show their label', [
  ['{{仮リンク|ティロ式記号|en|Tironian notes}}のet', 'ティロ式記号のet'],
  ['{{仮リンク|中西部 (ブラジル)|en|Central-West|label=中西部}}、', '中西部、'],
  ["{{仮リンク|label='''北'''|北部|en|North}}", '北'],
  ['{{Ill2|東京|en|Tokyo}}と{{日本語版にない記事リンク|京都|en|Kyoto}}', '東京と京都'],
]);

rows('text in other languages', [
  ['{{lang|en|ampersand}}と{{Lang|fr|[[Paris]]}}', 'ampersandとParis'],
  ['（{{lang-en|Gouda}}、{{Lang-fr-short|géographie}}）', '（英語: Gouda、仏: géographie）'],
  ['（{{lang-xx|abc}}）', '（abc）'],
  ['{{lang|en|2=a=b}}', 'a=b'],
  ['{{en|text}}{{en}}{{en icon}}', 'text'],
  ['{{transl|ar|DIN|Miṣr}}と{{rtl-lang|ar|مصر}}', 'Miṣrとمصر'],
  ['{{lang|en|\n改行\nした}}', '改行した'],
  ['{{lang_en|x}}{{Template:lang|en|a}}{{テンプレート:Lang|en|b}}{{subst:lang|en|c}}', 'abc'],
  ['{{lang<!-- c -->|en|a}}', 'a'],
]);

rows('readings', [
  ["{{読み仮名|'''日本'''|にほん}}は", '日本（にほん）は'],
  ['{{読み仮名_ruby不使用|日本|にほん|にっぽん}}は', '日本（にほん、にっぽん）は'],
  ['{{ルビ|{{lang|fr|République}}|レピュブリク}}', 'République（レピュブリク）'],
  ['{{ruby|漢字|かんじ}}と{{ふりがな|仮名|かな}}', '漢字（かんじ）と仮名（かな）'],
  ['{{nihongo|Tokyo|東京|Tōkyō}}と{{nihongo||東京|Tōkyō}}', 'Tokyo（東京、Tōkyō）と東京（Tōkyō）'],
]);

rows('dates, without the age today', [
  ['{{生年月日と年齢|1990|1|02}}と{{年月日|2001|2|3}}', '1990年1月2日と2001年2月3日'],
  ['{{死亡年月日と没年齢|1867|2|9|1916|12|9}}', '1916年12月9日（49歳没）'],
  ['[[1916年]]{{没年齢|1867|2|9|1916|1|9}}', '1916年（48歳没）'],
  ['{{和暦|1990}}、{{和暦|2019}}、{{by|1991年}}', '平成2年、令和元年、1991年'],
  ['{{生年月日と年齢|}}本文{{没年齢|1900}}', '本文'],
]);

rows('text that is marked or doubted', [
  ['{{要出典範囲|date=2011年1月|この文}}は{{いつ範囲|現在|date=x}}、{{誰範囲2|date=x|その}}', 'この文は現在、その'],
  ['「{{JIS2004フォント|か&#x309A;行}}」', '「か\u309a行」'],
  ['{{small|a}}{{Nowrap|b}}{{下線|c}}{{Color|red|d}}{{Visible anchor|e}}', 'abcde'],
  ['約{{sfrac|1|2}}、{{convert|513.66|m|ft}}、{{val|1.5|u=kg}}', '約1/2、513.66 m、1.5 kg'],
  ['{{IPA|ɬ}}と{{Audio|a.ogg|音}}', 'ɬと音'],
  ['[[a{{!}}b]]', 'a|b'],
]);

rows('quotations are paragraphs', [
  ['前。\n{{Quotation|引用です。\n\n二段落。|出典}}\n後。', '前。¶引用です。¶二段落。¶後。'],
  ['前{{quote|text=引用}}後', '前¶引用¶後'],
]);

rows('conditions', [
  ['a{{#if: x | はい | いいえ}}b{{#if:|はい|いいえ}}', 'aはいbいいえ'],
  ['{{#ifeq:a|a|同|違}}{{#ifeq:a|b|同|違}}{{#if:{{x}}|1|0}}', '同違0'],
  ['{{#switch:a|a=1}}{{#invoke:x|y}}{{#tag:ref|注}}{{lc:ABC}}', 'abc'],
]);
