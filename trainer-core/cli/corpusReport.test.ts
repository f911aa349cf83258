import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CorpusManifest, corpusManifest } from '../protocol/corpusManifest.js';
import { corpusReportText, faultLines } from './corpusReport.js';
import { displayWidth } from './width.js';

const SHA256 = '0123456789abcdef'.repeat(4);

/** 4,000 sequences in 64 bins of 8 ids, most of them long, as packing makes them. */
const MANIFEST: CorpusManifest = corpusManifest.parse({
  version: 1,
  tokenizer: { sha256: SHA256, vocabularySize: 32_000 },
  settings: { minChars: 16, maxChars: 1024, sequences: 'packed' },
  maxSeqLength: 512,
  idBytes: 2,
  sequences: 4000,
  tokens: 1_234_567,
  shards: [
    {
      name: 'shard-0000',
      sequences: 4000,
      tokens: 1_234_567,
      files: {
        ids: { sizeBytes: 2_469_134, sha256: SHA256 },
        lengths: { sizeBytes: 2_469_134, sha256: SHA256 },
        wordStarts: { sizeBytes: 2_469_134, sha256: SHA256 },
      },
    },
  ],
  tokenCounts: { sizeBytes: 256_000, sha256: SHA256 },
  vocabulary: { sizeBytes: 257_706, sha256: SHA256 },
  report: {
    sources: [{ file: 'jawiki.xml.bz2', sizeBytes: 4_000_000_000, format: 'mediawiki', documents: 200 }],
    faults: [{ file: 'jawiki.xml.bz2', kind: 'truncated', offsetBytes: 556_717 }],
    documents: {
      read: 256,
      kept: 200,
      dropped: { otherNamespace: 30, redirect: 20, disambiguation: 0, noText: 6 },
    },
    wikitextProblems: { unclosedTemplate: 3, unclosedTable: 0, unclosedTag: 0, unclosedLink: 1, nestedTooDeep: 0 },
    textBytes: 5_500_000,
    sentences: { read: 40_000, kept: 39_000, dropped: { tooFewChars: 900, tooManyChars: 100 } },
    sequences: { made: 4100, kept: 4000, cut: 12, dropped: { tooFewTokens: 99, tooManyUnknown: 1, duplicate: 0 } },
    tokens: 1_234_567,
    unknownTokens: 12_345,
    lengths: {
      binWidth: 8,
      counts: Array.from({ length: 65 }, (_, bin) => (bin < 1 ? 0 : bin < 60 ? 10 : bin === 64 ? 3000 : 102)),
      mean: 308.64,
      longest: 512,
    },
    frequentPieces: Array.from({ length: 50 }, (_, i) => ({
      id: 5 + i,
      piece: i === 1 ? '##していました' : 'の',
      count: 60_000 - i,
    })),
  },
});

const report = (language: 'en' | 'ja', change: (manifest: CorpusManifest) => void = () => {}) => {
  const manifest = structuredClone(MANIFEST);
  change(manifest);
  return corpusReportText(manifest, language);
};

test('the report fits into 80 columns in both languages, and its columns stand under each other', () => {
  for (const language of ['en', 'ja'] as const) {
    const lines = report(language).split('\n');
    for (const line of lines) assert.ok(displayWidth(line) <= 80, line);
    const shares = lines.filter((line) => /^ {2}.*\d %$/.test(line)).map(displayWidth);
    assert.ok(shares.length > 8 && new Set(shares).size === 1, String(shares));
    const longest = Math.max(...lines.filter((line) => line.includes('━')).map(displayWidth));
    assert.equal(longest, 80);
  }
});

test('what was dropped stands with its reason and the setting that decided it; reasons that dropped nothing do not', () => {
  const text = report('en');
  for (const row of [
    /^Documents +256$/m,
    /^ {2}kept +200 +78\.1 %$/m,
    /^ {2}redirects +20 +7\.8 %$/m,
    /^ {2}under 16 characters +900 +2\.3 %$/m,
    /^ {2}over 1024 characters +100 +0\.3 %$/m,
    /^ {2}under 12 pieces +99 +2\.4 %$/m,
    /^ {2}with 50 % \[UNK\] or more +1 +< 0\.1 %$/m,
    /^ {2}\[UNK\] +12,345 +1\.0 %$/m,
    /^ {2}a template does not end +3$/m,
  ])
    assert.match(text, row);
  assert.doesNotMatch(text, /disambiguation|duplicates|a table/);
  assert.match(report('ja'), /^ {2}リダイレクト +20 +7\.8 %$/m);
});

test('the histogram has at most 16 rows, from the shortest to the longest sequence, and no length above the maximum', () => {
  const lengths = report('en').match(/^ +[\d–]+ .*━.*$/gm) ?? [];
  assert.equal(lengths.length, 13);
  assert.match(lengths[0] as string, /^ {5}0–39 +40 +1\.0 % +━$/);
  assert.match(lengths.at(-1) as string, /^ +480–512 +3,408 +85\.2 % +━{50,}$/);
  const one = report('en', ({ report: { lengths: bins } }) => {
    bins.counts = [0, 4000];
  });
  assert.match(one, /^ {2}8–15 +4,000 +100\.0 % +━+$/m);
});

test('a corpus without a sequence has no histogram and divides by nothing', () => {
  const text = report('ja', ({ report: empty }) => {
    empty.lengths = { binWidth: 8, counts: [], mean: 0, longest: 0 };
    empty.frequentPieces = [];
    empty.tokens = empty.unknownTokens = 0;
    empty.sequences = { made: 0, kept: 0, cut: 0, dropped: { tooFewTokens: 0, tooManyUnknown: 0, duplicate: 0 } };
  });
  assert.doesNotMatch(text, /NaN|Infinity|━|undefined/);
});

test('ten of the most frequent pieces, with double-width characters in their column', () => {
  const pieces = report('ja').split('最も多いトークン\n')[1]?.split('\n').slice(0, 10) ?? [];
  assert.equal(new Set(pieces.map((line) => displayWidth(line.slice(0, line.search(/\d/))))).size, 1);
  assert.match(pieces[1] as string, /##していました {2}59,999 +4\.9 %/);
});

test('damage is told with file and place; more than ten with their number', () => {
  const { faults } = MANIFEST.report;
  assert.deepEqual(faultLines(faults, 'en'), [
    'jawiki.xml.bz2 breaks off at byte 556,717; all that comes before was kept.',
  ]);
  assert.match(faultLines(faults, 'ja')[0] as string, /jawiki\.xml\.bz2 は 556,717 バイト目で途切れて/);
  const many = Array.from({ length: 1234 }, (_, i) => ({ file: 'a', kind: 'damagedBlock' as const, offsetBytes: i }));
  const lines = faultLines(many, 'en');
  assert.equal(lines.length, 11);
  assert.match(lines[10] as string, /^and 1,224 more/);
});
