/** What the command line says of a corpus: its report, damage in its input, how it was unpacked; in English and Japanese. */

import type {
  DOCUMENT_DROPS,
  InputFault,
  SENTENCE_DROPS,
  SEQUENCE_DROPS,
  WikitextProblem,
} from '../protocol/corpusManifest.js';
import type { CorpusSettings } from '../protocol/corpusSettings.js';
import type { WhyTooSmall } from '../protocol/errors.js';
import type { Unpacker } from '../protocol/jobs.js';
import type { Language } from './format.js';

/** Why something of the input is not in the corpus. */
export type CorpusDrop =
  | (typeof DOCUMENT_DROPS)[number]
  | (typeof SENTENCE_DROPS)[number]
  | (typeof SEQUENCE_DROPS)[number];

/** Sentences, and heads of rows; an inner row continues the row above it. */
export interface CorpusWords {
  written(folder: string): string;
  stopped: string;
  extracted(documents: string, file: string): string;
  /** Null where there is nothing to tell. */
  unpacking: Readonly<Record<Unpacker, string | null>>;
  /** What the corpus is; heads of rows, and a value. */
  corpus: string;
  settings: string;
  tokenizer: string;
  onDisk: string;
  shards(count: string, size: string): string;
  verified: string;
  inputFiles: string;
  documents: string;
  sentences: string;
  lines: string;
  sequences: string;
  kept: string;
  dropped: Readonly<Record<CorpusDrop, (settings: CorpusSettings) => string>>;
  /** A count in a sentence, and what is not in it by reason. */
  part(label: string, count: number, dropped: readonly (readonly [reason: string, count: number])[]): string;
  cut: string;
  tokens: string;
  unknown: string;
  mean: string;
  longest: string;
  text: string;
  lengths: string;
  frequentPieces: string;
  problems: string;
  problem: Readonly<Record<WikitextProblem, string>>;
  faults: string;
  /** `offset`: grouped in threes. */
  fault: Readonly<Record<InputFault['kind'], (file: string, offset: string) => string>>;
  moreFaults(count: string): string;
  warning(sentence: string): string;
  /** Title of `corpus show`; `last`: the number of the last sequence. */
  sequence(data: { sequence: string; last: string; pieces: string; words: string }): string;
}

/** What was read and dropped in one sentence: `documents: 3 (dropped: 2 redirects); sentences: 12; …`. */
export function readAndDropped({ settings, ...counts }: WhyTooSmall, language: Language): string {
  const words = CORPUS_WORDS[language];
  const reasons = (dropped: Readonly<Partial<Record<CorpusDrop, number>>>) =>
    Object.entries(dropped)
      .filter(([, count]) => count > 0)
      .map(([reason, count]) => [words.dropped[reason as CorpusDrop](settings), count] as const);
  const { documents, sentences, sequences } = counts;
  return [
    words.part(words.documents, documents.read, reasons(documents.dropped)),
    words.part(sentencesOrLines(words, settings), sentences.read, reasons(sentences.dropped)),
    words.part(words.sequences, sequences.made, reasons(sequences.dropped)),
  ].join('; ');
}

/** What a document is made of: the head of its row. */
export function sentencesOrLines({ sentences, lines }: CorpusWords, settings: CorpusSettings): string {
  return settings.sequences === 'lines' ? lines : sentences;
}

/** The words of each language. */
export const CORPUS_WORDS: Readonly<Record<Language, CorpusWords>> = {
  en: {
    written: (folder) => `The corpus is in ${folder}`,
    stopped: 'Stopped. Run the same command again to go on from here.',
    extracted: (documents, file) => `The text of ${documents} documents is in ${file}`,
    unpacking: {
      none: null,
      zlib: null,
      lbzip2: 'Unpacking with lbzip2.',
      pbzip2: 'Unpacking with pbzip2.',
      zstd: 'Unpacking with zstd.',
      threads: 'Unpacking in threads of this program; with lbzip2 installed it goes faster.',
      inProcess: 'Unpacking in one thread of this program; with lbzip2 installed it goes faster.',
    },
    corpus: 'Corpus',
    settings: 'Settings',
    tokenizer: 'Tokenizer',
    onDisk: 'On the disk',
    shards: (count, bytes) => `${bytes} in ${count} ${count === '1' ? 'shard' : 'shards'}`,
    verified: 'Every file has the size and checksum that corpus.json says.',
    inputFiles: 'Input files',
    documents: 'Documents',
    sentences: 'Sentences',
    lines: 'Lines',
    sequences: 'Sequences',
    kept: 'kept',
    dropped: {
      otherNamespace: () => 'not articles (other namespaces)',
      redirect: () => 'redirects',
      disambiguation: () => 'disambiguation pages',
      noText: () => 'without text',
      tooFewChars: ({ minChars }) => `under ${minChars} characters`,
      tooManyChars: ({ maxChars }) => `over ${maxChars} characters`,
      tooFewTokens: ({ minTokens }) => `under ${minTokens} pieces`,
      tooManyUnknown: ({ maxUnknown }) => `with ${100 * maxUnknown} % [UNK] or more`,
      duplicate: () => 'duplicates',
    },
    part: (label, count, dropped) => {
      const reasons = dropped.map(([reason, n]) => `${n} ${reason}`).join(', ');
      return `${label.toLowerCase()}: ${count}${reasons && ` (dropped: ${reasons})`}`;
    },
    cut: 'cut, longer than a sequence',
    tokens: 'Tokens',
    unknown: '[UNK]',
    mean: 'a sequence, on average',
    longest: 'longest sequence',
    text: 'Text',
    lengths: 'Length of the sequences, in pieces',
    frequentPieces: 'Most frequent pieces',
    problems: 'Pages with wikitext that is not in order (their text is in the corpus)',
    problem: {
      unclosedTemplate: 'a template does not end',
      unclosedTable: 'a table does not end',
      unclosedTag: 'a tag does not end',
      unclosedLink: 'a link does not end',
      nestedTooDeep: 'nested too deep',
    },
    faults: 'Damage in the input',
    fault: {
      truncated: (file, offset) => `${file} breaks off at byte ${offset}; all that comes before was kept.`,
      damagedBlock: (file, offset) => `${file}: the block at byte ${offset} is damaged and was left out.`,
      cutPage: (file, offset) => `${file}: the page around byte ${offset} is not whole and was left out.`,
    },
    moreFaults: (count) => `and ${count} more ("corpus stats DIR --json" lists all)`,
    warning: (sentence) => `Warning: ${sentence}`,
    sequence: ({ sequence, last, pieces, words }) =>
      `Sequence ${sequence} (of 0 to ${last}): ${pieces} pieces, ${words} words, [CLS] and [SEP] counted`,
  },
  ja: {
    written: (folder) => `コーパスを作成しました: ${folder}`,
    stopped: '中断しました。同じコマンドをもう一度実行すると、続きから再開します。',
    extracted: (documents, file) => `${documents} 文書のテキストを書き込みました: ${file}`,
    unpacking: {
      none: null,
      zlib: null,
      lbzip2: 'lbzip2 で展開します。',
      pbzip2: 'pbzip2 で展開します。',
      zstd: 'zstd で展開します。',
      threads: 'このプログラムの複数のスレッドで展開します。lbzip2 をインストールするとより速くなります。',
      inProcess: 'このプログラムの一つのスレッドで展開します。lbzip2 をインストールするとより速くなります。',
    },
    corpus: 'コーパス',
    settings: '設定',
    tokenizer: 'トークナイザー',
    onDisk: 'ディスク上',
    shards: (count, bytes) => `${bytes}（シャード ${count} 個）`,
    verified: 'すべてのファイルの大きさとチェックサムが corpus.json の記録と一致しました。',
    inputFiles: '入力ファイル',
    documents: '文書',
    sentences: '文',
    lines: '行',
    sequences: '系列',
    kept: '採用',
    dropped: {
      otherNamespace: () => '記事以外の名前空間',
      redirect: () => 'リダイレクト',
      disambiguation: () => '曖昧さ回避ページ',
      noText: () => '本文なし',
      tooFewChars: ({ minChars }) => `${minChars} 文字未満`,
      tooManyChars: ({ maxChars }) => `${maxChars} 文字超過`,
      tooFewTokens: ({ minTokens }) => `${minTokens} トークン未満`,
      tooManyUnknown: ({ maxUnknown }) => `[UNK] が ${100 * maxUnknown} % 以上`,
      duplicate: () => '重複',
    },
    part: (label, count, dropped) => {
      const reasons = dropped.map(([reason, n]) => `${reason} ${n}`).join('、');
      return `${label} ${count}${reasons && `（除外: ${reasons}）`}`;
    },
    cut: '系列の上限を超えて分割',
    tokens: 'トークン',
    unknown: '[UNK]',
    mean: '系列の平均',
    longest: '最長の系列',
    text: 'テキスト',
    lengths: '系列の長さ（トークン数）',
    frequentPieces: '最も多いトークン',
    problems: 'ウィキテキストに不備のあるページ（本文は取り込み済み）',
    problem: {
      unclosedTemplate: 'テンプレートが閉じていない',
      unclosedTable: '表が閉じていない',
      unclosedTag: 'タグが閉じていない',
      unclosedLink: 'リンクが閉じていない',
      nestedTooDeep: '入れ子が深すぎる',
    },
    faults: '入力の破損',
    fault: {
      truncated: (file, offset) => `${file} は ${offset} バイト目で途切れています。それより前はすべて取り込みました。`,
      damagedBlock: (file, offset) => `${file} の ${offset} バイト目からのブロックが壊れているため、除外しました。`,
      cutPage: (file, offset) => `${file} の ${offset} バイト目付近のページが欠けているため、除外しました。`,
    },
    moreFaults: (count) => `ほか ${count} 件（"corpus stats DIR --json" ですべて確認できます）`,
    warning: (sentence) => `警告: ${sentence}`,
    sequence: ({ sequence, last, pieces, words }) =>
      `系列 ${sequence}（0 ～ ${last}）: [CLS] と [SEP] を含めて ${pieces} トークン、${words} 語`,
  },
};
