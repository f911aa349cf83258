import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { splitSentences } from './sentences.js';

/** Each case is written with `|` between its sentences. */
function check(...cases: string[]) {
  for (const marked of cases) {
    const sentences = marked.split('|');
    assert.deepEqual(
      splitSentences(sentences.join('')),
      sentences.map((each) => each.trim()),
    );
  }
}

test('a sentence ends with 。！？ and their narrow forms, runs of them taken whole', () => {
  check('雨が降る。|風が吹く。', '本当か？|本当だ！|そうか!?|そうだ！！|終わり', 'なに?|私は、ええと｡|はい');
});

test('closing brackets stay with the sentence that they follow', () => {
  check('晴れた。」|雨だ。', '晴れた。』）|雨だ。', '終わる。”|始まる。', '(晴れだ。)|雨だ。', '「晴れだ。）」|雨だ。');
});

test('balanced brackets are not cut', () => {
  check(
    '彼は「行く。帰らない。」と言った。|次の日。',
    '東京（首都。人口が多い！）に住む。|次。',
    '代表作に『けいおん！』『らき☆すた』がある。|次。',
    '映画『君の名は。』公開時。|次。',
    '「モーニング娘。」は歌う。|次。',
    '（「はい。」「いいえ。」）と答えた。',
  );
});

test('quotations that are sentences of their own are cut from each other and from what begins anew', () => {
  check(
    '「はい。」|「いいえ。」|彼は黙った。',
    '晴れた。|（雨ではない。）|次の日。',
    '晴れた。|「そうか。」と彼は言った。|次。',
  );
});

test('a bracket that is never closed, or never opened, holds no sentences together', () => {
  check(
    '彼は「行く。|帰らない。|次。',
    '１）これ。|２）それ。',
    '（あ「い。う）え。|お。',
    '「ああ（いい。うう」ええ。|おお。',
  );
});

test('points end sentences only where they do', () => {
  check(
    '円周率は3.14である。|約３．１４だ。',
    'これは文である．|次の文である．|終わり',
    'これは文である. |次の文である. |終わり',
    'Mr. Smithは来た。|J. S. Bachも来た。|U.S. Armyも。',
    'No. 1はvol. 3、Co., Ltd. の本。|次。',
    'This is a pen. |That is a dog. |It ran in 1990. |The end.',
    '1. Introduction',
    'example.comとindex.htmlを見る。|次。',
  );
});

test('addresses and names are not cut at ? and !', () => {
  check('https://example.com/?a=1&b=!2 を見よ。|次。', 'Yahoo!ニュースを見る。|次。', 'OK! |次だ!|その次!');
});

test('a line break ends a sentence, also within brackets', () => {
  assert.deepEqual(splitSentences('「一行目\n二行目。」\r\n\n 三行目 '), ['「一行目', '二行目。」', '三行目']);
  assert.deepEqual(splitSentences(' \n　'), []);
});

test('nothing is lost but white space, whatever the text', () => {
  const part = fc.constantFrom(...'「」『』（）()。！？!?．. \n　あ字aA1、と'.split(''), '\ud800');
  const text = fc.array(part).map((parts) => parts.join(''));
  const solid = (value: string) => value.replaceAll(/\s/g, '');
  fc.assert(
    fc.property(text, (value) => {
      const sentences = splitSentences(value);
      assert.equal(solid(sentences.join('')), solid(value));
      assert.ok(sentences.every((each) => each !== '' && each === each.trim()));
    }),
    { numRuns: 2000 },
  );
});

test('time grows with the length of the text alone', () => {
  const cpuMs = (text: string) => {
    const before = process.cpuUsage().user;
    splitSentences(text);
    return (process.cpuUsage().user - before) / 1000;
  };
  for (const unit of ['（', '「。', '」', ' （', 'a.', 'A. ', '。', '「（」', '!?a']) {
    assert.ok(cpuMs(unit.repeat(200_000)) < 2000, unit);
  }
});
