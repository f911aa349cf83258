/** The manifest of a corpus that was never built, with all that the page of its statistics can show. */

const SHA256 = '5f1c0e0d9a7b4c3e8f2a1d6b0c9e8f7a6b5c4d3e2f1a0b9c8d7e6f5a4b3c2d1e';
const PIECES = [
  ...['の', '、', '。', 'に', 'は', 'を', 'た', 'が', 'と', 'で', 'て', 'し', 'さ', 'れ', '年', 'ある', 'も', 'いる'],
  ...['する', 'な', '##ー', 'として', '「', '」', 'から', '月', '##ン', '日本', 'こと', '##ル'],
];

/** A dump in packed sequences of at most 128 tokens; `changes` are put over it, those of the report in `report`. */
export function madeUpManifest({ report = {}, ...changes } = {}) {
  // Most sequences have no room for one more sentence; the ends of documents are of any length.
  const counts = Array.from({ length: 33 }, (_, bin) =>
    bin < 3 ? 0 : bin === 32 ? 204 : 40 + ((bin * 29) % 37) + Math.round(920 * Math.exp(-(((bin - 29) / 4) ** 2))),
  );
  const sequences = counts.reduce((sum, count) => sum + count, 0);
  const tokens = 821_377;
  const file = (sizeBytes) => ({ sizeBytes, sha256: SHA256 });
  return {
    version: 1,
    tokenizer: { sha256: SHA256, vocabularySize: 32_000 },
    settings: {
      sequences: 'packed',
      textDocuments: 'blankLines',
      textField: 'text',
      minChars: 16,
      maxChars: 1024,
      minTokens: 12,
      maxUnknown: 0.5,
      dropDuplicates: true,
      lists: false,
      headings: false,
      disambiguations: false,
      anyLanguage: false,
    },
    maxSeqLength: 128,
    idBytes: 2,
    sequences,
    tokens,
    shards: [
      {
        name: 'shard-00000',
        sequences,
        tokens,
        files: { ids: file(2 * tokens), lengths: file(2 * sequences), wordStarts: file(Math.ceil(tokens / 8)) },
      },
    ],
    tokenCounts: file(8 * 32_000),
    vocabulary: file(257_706),
    report: {
      sources: [
        {
          file: 'dumps/jawiki-20260501-pages-articles1.xml.bz2',
          sizeBytes: 3_120_456,
          format: 'mediawiki',
          documents: 270,
        },
        {
          file: 'dumps/jawiki-20260501-pages-articles2.xml.bz2',
          sizeBytes: 556_717,
          format: 'mediawiki',
          documents: 50,
        },
      ],
      faults: [
        { file: 'dumps/jawiki-20260501-pages-articles2.xml.bz2', kind: 'damagedBlock', offsetBytes: 210_004 },
        { file: 'dumps/jawiki-20260501-pages-articles2.xml.bz2', kind: 'truncated', offsetBytes: 556_717 },
      ],
      documents: {
        read: 320,
        kept: 256,
        dropped: { otherNamespace: 12, redirect: 44, disambiguation: 7, noText: 1 },
      },
      wikitextProblems: { unclosedTemplate: 3, unclosedTable: 1, unclosedTag: 0, unclosedLink: 2, nestedTooDeep: 0 },
      textBytes: 3_904_211,
      sentences: { read: 31_240, kept: 29_877, dropped: { tooFewChars: 1_301, tooManyChars: 62 } },
      sequences: {
        made: sequences + 96,
        kept: sequences,
        cut: 118,
        dropped: { tooFewTokens: 71, tooManyUnknown: 4, duplicate: 21 },
      },
      tokens,
      unknownTokens: 1_406,
      lengths: { binWidth: 4, counts, mean: tokens / sequences, longest: 128 },
      frequentPieces: PIECES.map((piece, index) => ({ id: 5 + index, piece, count: Math.round(38_000 / (index + 1)) })),
      ...report,
    },
    ...changes,
  };
}
