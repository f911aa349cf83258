/** What a line begins with: paragraphs, lists, headings, tables. */
import { rows } from '../../test/support/wikitext.js';

rows('a source line is a paragraph when it ends a sentence, else it goes on in the next', [
  ['一つ。\n二つ。\n\n三つ。', '一つ。¶二つ。¶三つ。'],
  ['日本\n語、\n文。', '日本語、文。'],
  ['one\ntwo', 'one two'],
  ['一\n\n二', '一¶二'],
  ["'''見出し'''\n本文", '見出し¶本文'],
  ['一。<br>二<br />三</br>四', '一。¶二¶三¶四'],
  ['（\n{{x}}\n）は本文。', 'は本文。'],
  [' 整形済み\n 二行\n後', '整形済み¶二行¶後'],
  ['一\n<!-- c -->\n二', '一二'],
  ['\u3000字下げ\u3000した', '字下げ\u3000した'],
]);

const LIST = '前\n* 一\n** [[二]]\n# 三\n; 語 : 説明\n:* 箇条\n: 字下げ\n:: 二重\n後';
rows('lists are left out, indented lines are text', [
  [LIST, '前¶字下げ¶二重¶後'],
  ['* {{a|\nb}}一\n後', '後'],
  ['<ul><li>一</li><li>二</li></ul>後', '後'],
]);
rows(
  'lists are kept on demand',
  [
    [LIST, '前¶一¶二¶三¶語 : 説明¶箇条¶字下げ¶二重¶後'],
    ['<ul><li>一</li><li>二</li></ul>後', '一¶二¶後'],
  ],
  { lists: true },
);

const HEADINGS = '前\n== 見出し ==\n===[[小]]=== <!-- c -->\n本文\n= 大 =\n== a =b= ==\n後\n<h2>節</h2>末';
rows('headings are left out', [
  [HEADINGS, '前¶本文¶後¶末'],
  ['== 文化 ==<!--\n{{main|a}}-->\n本文', '本文'],
  ['== 見出し == ではない', '== 見出し == ではない'],
]);
rows('headings are kept on demand', [[HEADINGS, '前¶見出し¶小¶本文¶大¶a =b=¶後¶節¶末']], { headings: true });

rows('tables are left out', [
  ['{| class=x\n|-\n! a\n| b\n{|\n| c\n|}\n|}\n後', '後'],
  ['前\n:{|\n|a\n|}\n後', '前¶後'],
  ['<table><tr><td>x<table></table></td></tr></table>後', '後'],
  ['|-\n| a\n後', '後'],
  ['<!-- c -->{|\n|a\n|}<!-- c -->後', '後'],
]);

rows('rules and magic words', [
  ['----\n本文\n----続き', '本文¶続き'],
  ['__NOTOC__本文__目次__ __foo__', '本文 __foo__'],
  ['a~~~~b~c', 'ab~c'],
  ['-{zh-hans:计算;zh-hant:計算}-と-{x}-', '计算とx'],
  ['-{T|zh-hans:a;zh-hant:b}-本文', '本文'],
]);
