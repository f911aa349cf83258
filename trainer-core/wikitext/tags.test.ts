/** HTML, the tags of extensions, comments, references to characters, quotes. */
import { rows } from '../../test/support/wikitext.js';

rows('references show nothing', [
  ['a<ref>x</ref>b<ref name="a" />c<ref name=a/>d<REF group="注">{{cite|y}}</Ref>e', 'abcde'],
  ['a<ref>[[b]<!-- c --></ref>d', 'ad'],
  ['<references/><references><ref name=a>x</ref></references>本文', '本文'],
]);

rows('what is no text goes with its tags', [
  ['<gallery>\nファイル:a|b\n</gallery>本文<timeline>x</timeline><score>c</score><imagemap>y</imagemap>', '本文'],
  ['<pre>a</pre><source lang=c>b</source>本文<syntaxhighlight lang="c">c</syntaxhighlight>', '本文'],
  ['前<source>\n== 見出しではない ==\n</source>後', '前後'],
  ['a<math>\\frac{a}{b}</math>と<math>x+y</math>。', 'aとx+y。'],
  ['<noinclude>a</noinclude><includeonly>b</includeonly><onlyinclude>c</onlyinclude>', 'ac'],
  ['a<!-- [[b]] {{ -->c', 'ac'],
]);

rows('other tags go, what they hold stays', [
  ['m<sup>2</sup>とH<sub>2</sub>Oと<b>太</b><span style="a">字</span>', 'm2とH2Oと太字'],
  ['<p>段落</p><div class="x">中</div><center>央</center>', '段落¶中¶央'],
  ['<code>int x</code>と<syntaxhighlight lang=c inline>a < b</syntaxhighlight>', 'int xとa < b'],
  ['<ruby><rb>漢字</rb><rp>(</rp><rt>かんじ</rt><rp>)</rp></ruby>', '漢字（かんじ）'],
  ['<ruby>漢字<rt>かんじ</rt></ruby>', '漢字（かんじ）'],
  ['a < b <c> d <1> <', 'a < b <c> d <1> <'],
  ["<nowiki>*</nowiki>a<nowiki/>''b''", '*ab'],
]);

rows('what is written as text but is markup loses its marks', [
  ["<nowiki>[[a]] {{b}} '''c'''</nowiki>", 'a b c'],
  ['&#91;&#91;a&#93;&#93;&lt;ref&gt;', 'a>'],
]);

rows('references to characters', [
  ['&amp;&lt;&gt;&quot;&copy;&hellip;&Alpha;&frac12;', '&<>"©…Α½'],
  ['&#12354;&#x3042;&#X3042;&#x1F600;&#128;', 'あああ😀€'],
  ['a&nbsp;b&thinsp;c&#160;d&zwnj;', 'a b c d\u200c'],
  ['&amp;nbsp;a&amp;amp;&amp;lt;b&amp;#12354;', 'a&<bあ'],
  ['&unknown;&;& &#xD800;&#1114112;', '&unknown;&;& &#xD800;&#1114112;'],
]);

rows('bold and italics', [
  ["'''''太字'''''と''斜''と'''太'''", '太字と斜と太'],
  ["l''''Angola''' d'or", "l'Angola d'or"],
  ["'''閉じない\n''次", '閉じない次'],
]);
