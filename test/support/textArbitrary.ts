/** Texts that are hard on a Japanese tokenizer, for fast-check: every script and width, marks, emoji, controls, long runs. */

import fc from 'fast-check';

/** Kinds of characters: first and last code points, or single ones, taken evenly. */
const RANGES: Record<string, readonly (number | readonly [number, number])[]> = {
  hiragana: [[0x3041, 0x309f]],
  katakana: [
    [0x30a0, 0x30ff],
    [0x31f0, 0x31ff],
  ],
  halfWidthKana: [[0xff61, 0xff9f], 0xff9e, 0xff9f],
  historicKana: [[0x1b000, 0x1b167]],
  kanji: [[0x4e00, 0x5fff]],
  rareKanji: [
    [0x2e80, 0x2fd5],
    [0x3400, 0x9fff],
    [0xf900, 0xfaff],
    [0x20000, 0x2a6df],
    [0x2f800, 0x2fa1f],
    [0x30000, 0x323af],
  ],
  punctuation: [
    [0x3000, 0x3020],
    [0xff01, 0xff20],
    [0x2010, 0x2027],
  ],
  ascii: [[0x21, 0x7e]],
  letters: [
    [0x41, 0x5a],
    [0x61, 0x7a],
  ],
  fullWidth: [
    [0xff21, 0xff5e],
    [0xffe0, 0xffee],
  ],
  digits: [
    [0x30, 0x39],
    [0xff10, 0xff19],
    [0x660, 0x669],
    [0x966, 0x96f],
    [0x2070, 0x209f],
    [0x2150, 0x218b],
    [0x2460, 0x24ff],
    [0x2776, 0x2793],
    [0x3220, 0x325f],
    [0x1d7ce, 0x1d7ff],
    [0x1f100, 0x1f10c],
  ],
  latin: [
    [0xa1, 0x24f],
    [0x1e00, 0x1eff],
    [0xfb00, 0xfb06],
    [0x1d400, 0x1d7cb],
    [0x2c60, 0x2c7f],
  ],
  greekAndCyrillic: [
    [0x370, 0x52f],
    [0x1f00, 0x1fff],
  ],
  squared: [
    [0x3200, 0x33ff],
    [0x1f110, 0x1f265],
  ],
  hangul: [
    [0x1100, 0x11ff],
    [0x3130, 0x318f],
    [0xa960, 0xa97c],
    [0xac00, 0xd7fb],
    [0xffa0, 0xffdc],
  ],
  otherScripts: [
    [0x590, 0x6ff],
    [0x900, 0xdff],
    [0xe01, 0xedf],
    [0xf00, 0xfbc],
    [0xfb1d, 0xfdff],
    [0xfe70, 0xfefc],
    [0x11000, 0x114ff],
  ],
  marks: [
    [0x300, 0x36f],
    [0x3099, 0x309c],
    [0x20d0, 0x20f0],
    [0x1ab0, 0x1aff],
    [0xfe20, 0xfe2f],
    [0x1d165, 0x1d172],
  ],
  symbols: [
    [0x2000, 0x2bff],
    [0xfe30, 0xfe6b],
  ],
  emoji: [[0x1f300, 0x1faff], 0x200d, 0xfe0f, 0x20e3, [0x1f1e6, 0x1f1ff], [0x1f3fb, 0x1f3ff]],
  spaces: [
    0x20,
    0x20,
    0x20,
    0x3000,
    9,
    0xb,
    0xd,
    0x85,
    0xa0,
    0xd0,
    0x1680,
    [0x2000, 0x200b],
    0x2028,
    0x2029,
    0x202f,
    0x205f,
  ],
  controls: [
    [0, 0x1f],
    [0x7f, 0x9f],
    0xad,
    [0x200b, 0x200f],
    [0x202a, 0x202e],
    [0x2060, 0x2069],
    0xfeff,
    [0xfff9, 0xffff],
  ],
  variationSelectors: [
    [0xfe00, 0xfe0f],
    [0xe0100, 0xe01ef],
    [0xe0000, 0xe007f],
  ],
  // Of Unicode 15 to 17 among others: what Python 3.11 does not know.
  newer: [
    [0x1c80, 0x1c8f],
    [0x1ccd6, 0x1ccf9],
    [0x105c0, 0x105ff],
    [0x11380, 0x113ff],
    [0x16100, 0x16139],
    [0x1e030, 0x1e08f],
    [0xa7cb, 0xa7f1],
    [0x897, 0x897],
    [0x1acf, 0x1aeb],
    [0x2ffc, 0x2fff],
    [0x31350, 0x33479],
  ],
  privateAndUnassigned: [
    [0xe000, 0xf8ff],
    [0x10fffe, 0x10ffff],
    [0xfdd0, 0xfdef],
    [0x2fe0, 0x2fef],
  ],
  surrogates: [[0xd800, 0xdfff]],
  any: [[0, 0xffff]],
  anySupplementary: [[0x10000, 0x10ffff]],
};

/** Whole sequences: ligatures, special tokens, emoji of several characters, words that MeCab cuts in surprising places. */
const PHRASES =
  '㍿|㌔|㌢㍍|ﷺ|ﷻ|ｶﾞ|ﾊﾟ|か゚|が|👨‍👩‍👧‍👦|🇯🇵|👍🏽|1️⃣|🏴󠁧󠁢󠁥󠁮󠁧󠁿|[MASK]|[UNK]|[CLS]|##る|すもももももももものうち|東京都|京都大学|です。|ました、|「」|（）|……|ーーー|〜|一二三|二〇二三年|十万|〆切|々|ヶ月|www|http://example.com/|3.14|①②③|Ⅳ|㈱|葛󠄀|辻󠄁|邊󠄂|각|한글|กำ|لا|ﬁ|ſt|e\u0301\u0323|\ud83d|\ude00|\0'.split(
    '|',
  );

const ofKind = (kind: readonly (number | readonly [number, number])[]): fc.Arbitrary<string> =>
  fc
    .oneof(
      ...kind.map((range) =>
        typeof range === 'number' ? fc.constant(range) : fc.integer({ min: range[0], max: range[1] }),
      ),
    )
    .map((point) => String.fromCodePoint(point));

/** Mostly a few characters; sometimes about 24, MeCab's longest group, or 100, WordPiece's longest word. */
const lengths = fc.oneof(
  { arbitrary: fc.integer({ min: 1, max: 4 }), weight: 12 },
  { arbitrary: fc.integer({ min: 5, max: 12 }), weight: 3 },
  { arbitrary: fc.integer({ min: 22, max: 28 }), weight: 1 },
  { arbitrary: fc.integer({ min: 97, max: 104 }), weight: 1 },
);

const run = (character: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  lengths.chain((length) =>
    fc.oneof(
      {
        arbitrary: fc.array(character, { minLength: length, maxLength: length }).map((parts) => parts.join('')),
        weight: 4,
      },
      { arbitrary: character.map((one) => one.repeat(length)), weight: 1 },
    ),
  );

/** A part of a text: characters of one kind, or a phrase. */
const part = fc.oneof(
  ...Object.values(RANGES).map((kind) => run(ofKind(kind))),
  fc.constantFrom(...PHRASES),
  fc.constantFrom(...PHRASES),
);

/** Any text, valid UTF-16 or not. */
export const anyText: fc.Arbitrary<string> = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(''));

/** Parts of real sentences with other parts thrown between them. */
export function spoiltText(sentences: readonly string[]): fc.Arbitrary<string> {
  const cutting = fc
    .tuple(fc.constantFrom(...sentences), fc.nat(), fc.nat({ max: 40 }))
    .map(([sentence, from, length]) => sentence.slice(from % Math.max(1, sentence.length)).slice(0, length));
  return fc
    .array(fc.oneof({ arbitrary: cutting, weight: 3 }, { arbitrary: part, weight: 1 }), { maxLength: 8 })
    .map((parts) => parts.join(''));
}
