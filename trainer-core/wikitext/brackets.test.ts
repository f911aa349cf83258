/** The holes that dropped templates and references leave. */
import { rows } from '../../test/support/wikitext.js';

rows('empty brackets go, also nested ones and with separators alone in them', [
  ['東京（{{x}}）は', '東京は'],
  ['東京({{x}}、)は', '東京は'],
  ['東京（ （{{x}}）、{{x}}；）は', '東京は'],
  ['x（・）y（/）z', 'xyz'],
  ['空（ ）\u3000（\u3000）は', '空\u3000は'],
  ['[（）[a', 'a'],
  ['東京（{{x}}）{{x}}、京都', '東京、京都'],
]);

rows('separators with nothing on one side go', [
  ['東京（とうきょう、{{x}}）は', '東京（とうきょう）は'],
  ['東京（{{x}}、とうきょう）は', '東京（とうきょう）は'],
  ['東京（英語名：{{x}}）は', '東京（英語名）は'],
  ['（a、{{x}}、b）', '（a、b）'],
  ['(, U+204A)', '(U+204A)'],
]);

rows('what is meant stays', [
  ['四国（・北陸）と(-)極と（／を）', '四国（・北陸）と(-)極と（／を）'],
  ['（一（二）三）「」（', '（一（二）三）「」（'],
  ['a) b', 'a) b'],
  ['あ、、い。', 'あ、、い。'],
]);

rows('what is left of two dates goes', [['王 ( - ) は', '王 は']]);

rows('spaces', [
  ['a  b\u3000\u3000c &nbsp; d 。e 、f', 'a b\u3000c d。e、f'],
  ['a。 b「 c 」 d', 'a。b「c」 d'],
  [' \u3000 ', ''],
]);

rows('what is left without a letter or digit is no paragraph', [
  ['{{x}}。', ''],
  ['（{{x}}）', ''],
  ['A', 'A'],
  ['９', '９'],
]);
