/** Markup that is not closed, closed twice or nested without end: it takes little with it, and it is told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extract, FORBIDDEN, rows } from '../../test/support/wikitext.js';

rows('a template that is not closed', [
  ['{{a\n|b=c\n|d={{e}}\n\n本文は残る。', '本文は残る。', 'unclosedTemplate'],
  ['{{a\n|b=c\n}\n本文は残る。', '本文は残る。', 'unclosedTemplate'],
  ['前{{lang|en|foo）は残る。次。', '前foo）は残る。次。', 'unclosedTemplate'],
  ["{{'''東京'''は残る。", '東京は残る。', 'unclosedTemplate'],
  ['文中の{{東京は残る。', '文中の東京は残る。', 'unclosedTemplate'],
  ['{{a|b\n== 節 ==\n本文}}は残る。', '本文は残る。', 'unclosedTemplate'],
  ['{{lang|en|a}の後', 'aの後', 'unclosedTemplate'],
  ['{{仮リンク|[[東京]|en|a|label=都}}と{{lang|en|[[b|c}}', '都とb', 'unclosedLink'],
  ['{{a|[[b}}の後', 'の後', 'unclosedLink'],
  ['[[東京|{{lang|en|a]]の後', '東京の後', 'unclosedTemplate'],
]);

rows('a table that is not closed', [
  ['{|\n| a\n|-\n| b\n\n本文は残る。', '本文は残る。', 'unclosedTable'],
  ['{|\n| a\n\n| b\n== 節 ==\n本文は残る。', '本文は残る。', 'unclosedTable'],
  ['{{a|\n{|\n|b\n}}本文は残る。', '本文は残る。', 'unclosedTable'],
  ['<table><tr><td>a\n== 節 ==\n本文は残る。', 'a¶本文は残る。', 'unclosedTable'],
]);

rows('a link that is not closed', [
  ['文中の[[東京は残る。', '文中の東京は残る。', 'unclosedLink'],
  ['文中の[[東京|とうきょうは残る。\n\n[[次]]も', '文中のとうきょうは残る。¶次も', 'unclosedLink'],
  ['[[東京]の後[[次]]', '東京の後次', 'unclosedLink'],
  ['[[ファイル:a|thumb|説明\n\n本文は残る。', '本文は残る。', 'unclosedLink'],
  ['[http://a 例\n本文は残る。', 'http://a 例本文は残る。', 'unclosedLink'],
]);

rows('a tag that is not closed', [
  ['一。<ref>二。\n三。<ref>x</ref>四。', '一。二。¶三。四。', 'unclosedTag'],
  ['一。<ref name="a">二。\n== 節 ==\n三。</ref>', '一。二。¶三。', 'unclosedTag'],
  ['一。<ref name="a>二。', '一。二。', 'unclosedTag'],
  ['一<math>二<nowiki>三<gallery>四', '一二三四', 'unclosedTag'],
  ['一<!-- 二', '一 二', 'unclosedTag'],
  ['一<!-- 二 <!-- 三 -->四', '一四', 'unclosedTag'],
  ['一<!-- 二\n== 節 ==\n三\n== 節 ==\n四<!-- 五 -->六', '一 二¶三¶四六', 'unclosedTag'],
  ['<ul><li>一\n== 節 ==\n二', '一¶二', 'unclosedTag'],
  ['<ref', '', ''],
]);

rows('closing marks without opening ones', [['a]]b}}c\n|}\n\nd</ref>e</table>f</ul>g-->', 'abc¶de¶f¶g-->']]);

rows('odd runs of brackets', [
  ['[[[東京]]]', '[東京]'],
  ['{{{{a}}}}本文', '本文'],
  ['{{{a}}本文}', '本文}'],
  ['[{[{[a', '[{[{[a'],
]);

test('nesting beyond the bound is told, and ends', () => {
  for (const [open, close] of [
    ['{{lang|en|', '}}'],
    ['[[a|', ']]'],
    ['{{a|', '}}'],
    ['{{#if:x|', '}}'],
    ['{{quote|', '}}'],
    ['-{', '}-'],
  ] as const) {
    const page = `前文。\n\n${open.repeat(2000)}x${close.repeat(2000)}\n\n後文。`;
    const { paragraphs, problems } = extract(page);
    assert.deepEqual(problems, ['nestedTooDeep'], open);
    assert.equal(paragraphs[0], '前文。');
    assert.equal(paragraphs.at(-1), '後文。');
  }
  const { paragraphs, problems } = extract(`${'{{lang|en|'.repeat(30)}x${'}}'.repeat(30)}`);
  assert.deepEqual([paragraphs, problems], [['x'], []]);
});

test('text behind any run of opening marks survives', () => {
  for (const mark of [
    '{{',
    '[[',
    '{|\n',
    '{{[[',
    '<ref>',
    '<!--',
    '<math>',
    "'",
    '<',
    '(',
    '[http://a ',
    '{{a|',
    '-{',
  ]) {
    const { paragraphs } = extract(`${mark.repeat(5000)}\n\n== 節 ==\n後文。`);
    assert.equal(paragraphs.at(-1), '後文。', mark);
    for (const paragraph of paragraphs) assert.doesNotMatch(paragraph, FORBIDDEN, mark);
  }
});
