/** What columns of labelled text are usually called. */

const LABEL_WORDS = /^(labels?|class|category|target|ラベル|クラス|カテゴリー?|分類)$/i;
const TEXT_WORDS =
  /^(text|sentence|document|content|body|review|review_body|article|テキスト|本文|文章?|sentence_?1|text_?1|premise|question_?1)$/i;
/** First texts of pairs, and what their partners are called. */
const PARTNERS: readonly (readonly [RegExp, RegExp])[] = [
  [/^sentence_?1$/i, /^sentence_?2$/i],
  [/^text_?1$/i, /^text_?2$/i],
  [/^premise$/i, /^hypothesis$/i],
  [/^question_?1$/i, /^question_?2$/i],
];

/** Whether a word is what a column of labels is called: label, labels, class, category, target, ラベル, クラス, カテゴリ, カテゴリー or 分類. */
export function isLabelWord(word: string): boolean {
  return LABEL_WORDS.test(word);
}

/** Whether a word is what a column of texts is called. */
export function isTextWord(word: string): boolean {
  return TEXT_WORDS.test(word);
}

/** Whether `second` is what the second text of a pair is called whose first is `first`. */
export function isPartner(first: string, second: string): boolean {
  return PARTNERS.some(([one, other]) => one.test(first) && other.test(second));
}
