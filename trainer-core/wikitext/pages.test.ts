/** Whole pages of Wikipedia; their licence is in `fixtures/CREDITS.md`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extract, FORBIDDEN, readWikitextFixtures } from '../../test/support/wikitext.js';
import { isDisambiguation, isRedirect } from './pageKinds.js';

const PAGES = readWikitextFixtures();

function paragraphsOf(name: string, options = {}): string[] {
  return extract(PAGES.get(name)!, options).paragraphs;
}

test('no page leaves markup or empty brackets, whatever the options, and all is balanced', () => {
  for (const [name, page] of PAGES) {
    for (const options of [{}, { lists: true }, { headings: true }, { lists: true, headings: true }]) {
      const { paragraphs, problems } = extract(page, options);
      assert.deepEqual(problems, [], name);
      for (const paragraph of paragraphs) assert.doesNotMatch(paragraph, FORBIDDEN, name);
    }
  }
});

test('the leads read as on the page', () => {
  const leads: readonly (readonly [string, string])[] = [
    ['ampersand', 'アンパサンド (&、英語名：ampersand) とは並立助詞「…と…」を意味する記号である。'],
    ['gouda', 'ゴーダチーズ（英語: Gouda, オランダ語: Goudse kaas）は、エダムチーズと並ぶオランダの代表的なチーズ。'],
    ['naturalLanguage', '自然言語（しぜんげんご、英: natural language）とは、人間によって日常の意思疎通のために'],
    ['regularLanguage', '正規言語（せいきげんご）または正則言語（せいそくげんご）は、以下に示す性質（いずれも等価）を'],
    ['sahrawi', 'サハラ・アラブ民主共和国（サハラ・アラブみんしゅきょうわこく）は、北アフリカの西サハラ'],
    [
      'nagornoKarabakh',
      'ナゴルノ・カラバフ（英語: Nagorno-Karabakh、アルメニア語: Լեռնային Ղարաբաղ、アゼルバイジャン語: Dağlıq Qarabağ、ロシア語: Нагорный Карабах）は、',
    ],
  ];
  for (const [name, lead] of leads) assert.ok(paragraphsOf(name)[0]!.startsWith(lead), paragraphsOf(name)[0]!);
});

test('templates within sentences give their text, code its own', () => {
  const text = paragraphsOf('ampersand').join('\n');
  assert.ok(text.includes('「ティロ式記号のet」と呼ばれる、数字の「7」に似た記号があった(⁊, U+204A)。'));
  assert.ok(text.includes('"foo" & "bar" は "foobar" を返す。'));
  assert.ok(!/thumb|[|=]/.test(text));
});

test('options add list items and headings and take nothing away', () => {
  assert.equal(paragraphsOf('gouda').length, 7);
  assert.deepEqual(
    paragraphsOf('gouda', { headings: true }).filter((paragraph) => !paragraphsOf('gouda').includes(paragraph)),
    ['外部リンク'],
  );
  assert.deepEqual(
    paragraphsOf('gouda', { lists: true }).filter((paragraph) => !paragraphsOf('gouda').includes(paragraph)),
    ['雪印メグミルク｜チーズクラブ「ゴーダ」'],
  );
});

test('a page of meanings is known by its template', () => {
  for (const [name, page] of PAGES) {
    assert.equal(isDisambiguation(page, 'EU'), name === 'euDisambiguation', name);
    assert.ok(!isRedirect(page), name);
  }
});
