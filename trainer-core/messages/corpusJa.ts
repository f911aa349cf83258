/** The words of the errors of corpora and of what they are made from, in Japanese. */

import type { CorpusFileFault, UnsupportedInput } from '../protocol/errors.js';
import { readAndDropped } from './corpusWords.js';
import { at, type Messages, size, some, type Words } from './words.js';

/** What to do about a damaged file. */
export const FETCH_AGAIN = 'ファイルが壊れているか、途中までしかコピーされていません。もう一度入手してください。';

const UNSUPPORTED: Record<UnsupportedInput, Words> = {
  pickle: {
    message:
      ' pickle です（binarized_data.py や token_counts.py の出力など）。pickle はデータ形式ではなく Python 用のプログラムであり、どのトークナイザーの ID なのかも書かれていません。',
    action: '元になったテキストを指定してください。',
  },
  arrow: {
    message: ' datasets ライブラリの Arrow ファイルで、このライブラリでしか読めません。',
    action: 'データセットを to_parquet か to_json で保存して、そのファイルを指定してください。',
  },
  archive: { message: 'アーカイブです。', action: '展開して、そのフォルダーを指定してください。' },
  sqlDump: {
    message: ' Wiki のデータベースの表で、ページの本文が入っていません。',
    action: 'ページのダンプ（…-pages-articles.xml.bz2）を指定してください。',
  },
  multistreamIndex: {
    message: 'ダンプの索引で、ダンプそのものではありません。',
    action: '同じ場所にあるダンプ（…-pages-articles-multistream.xml.bz2）を指定してください。索引は要りません。',
  },
  jsonDocument: {
    message: ' 1 行に 1 オブジェクトの JSON ではありません。',
    action: '各文書を {"text": "…"} のような 1 行の JSON オブジェクトにしてください。',
  },
};

function corpusFault(found: CorpusFileFault): string {
  if (found.fault === 'missing') return 'ファイルがありません';
  if (found.fault === 'checksum') return 'チェックサムが corpus.json と一致しません';
  return `corpus.json では ${found.expectedBytes} バイトですが、実際は ${found.gotBytes} バイトです`;
}

/** Japanese; a part of `ja`. */
export const corpusJa = {
  inputsMissing: ({ folder }) => ({
    message: `${folder} には、コーパスの元になるテキストがありません。`,
    action:
      'MediaWiki のダンプ（.xml、.xml.bz2、.xml.gz、.xml.zst）、テキスト（.txt）、1 行に 1 オブジェクトの JSON（.jsonl、.ndjson、.json）、WikiExtractor の出力、Parquet（.parquet）、またはそれらのフォルダーを指定してください。',
  }),
  inputUnsupported: ({ file, kind }) => ({
    message: `${file} は${UNSUPPORTED[kind].message}`,
    action: UNSUPPORTED[kind].action,
  }),
  zstdUnavailable: ({ file }) => ({
    message: `${file} は Zstandard で圧縮されていますが、この Node.js では展開できず、zstd コマンドもありません。`,
    action: 'zstd をインストールするか、Node.js 22.15 以降を使うか、先に展開してください（zstd -d）。',
  }),
  inputDamaged: ({ file, offsetBytes }) => ({
    message: `${file} は ${offsetBytes} バイト目から壊れていて、文書を一つも読めません。`,
    action: FETCH_AGAIN,
  }),
  packedFileDamaged: ({ file, offsetBytes }) => ({
    message: `${file} は ${offsetBytes} バイト目より前で壊れていて、そこから先を展開できません。`,
    action: FETCH_AGAIN,
  }),
  dumpNotMediaWiki: ({ file, found }) => ({
    message: `${file} は MediaWiki のエクスポートではありません。<mediawiki …> で始まるはずですが、"${found}" で始まっています。`,
    action: 'Wiki が書き出したページのダンプ（…-pages-articles.xml.bz2）を指定してください。',
  }),
  dumpOtherLanguage: ({ file, language }) => ({
    message: `${file} は別の言語の Wiki のダンプです。"ja" のはずですが、"${language}" です。`,
    action:
      '日本語の Wiki のダンプ（jawiki-…）を指定するか、そのまま使うには anyLanguage（--any-language）を指定してください。',
  }),
  dumpEmpty: ({ file }) => ({
    message: `${file} は MediaWiki のエクスポートですが、ページが一つもありません。`,
    action: 'ページのダンプ（…-pages-articles.xml.bz2）を指定してください。',
  }),
  pageTooLong: ({ file, offsetBytes, limitBytes }) => ({
    message: `${file}: 展開した内容の ${offsetBytes} バイト目のページが ${size(limitBytes)} 以内に終わりません。`,
    action: FETCH_AGAIN,
  }),
  pageInvalidUtf8: ({ file, title, offsetBytes }) => ({
    message: `${file}: 展開した XML の ${offsetBytes} バイト目のページ "${title}" が UTF-8 ではありません。`,
    action: FETCH_AGAIN,
  }),
  jsonLineInvalid: (data) => ({
    message: `${at(data)}、${data.column} 文字目: JSON のオブジェクトではありません。`,
    action: '各行を {"text": "…"} のような一つの JSON オブジェクトにしてください。',
  }),
  fieldMissing: ({ file, line, field, known }) => ({
    message: `${line === null ? file : at({ file, line })}: ${line === null ? '列' : 'フィールド'} "${field}" がありません（あるもの: ${some(known, 20)}）。`,
    action: 'テキストの入っているものを textField（--text-field 名前）で指定してください。',
  }),
  fieldNotText: (data) => ({
    message: `${at(data)}: フィールド "${data.field}" は文字列のはずですが、${data.got} です。`,
    action: 'テキストの入っているフィールドを textField（--text-field 名前）で指定してください。',
  }),
  parquetInvalid: ({ file, reason }) => ({
    message: `${file} は正しい Parquet ファイルではありません（${reason}）。`,
    action: FETCH_AGAIN,
  }),
  columnNotText: ({ file, column, got }) => ({
    message: `${file}: 列 "${column}" は文字列のはずですが、${got} です。`,
    action: 'テキストの入っている列を textField（--text-field 名前）で指定してください。',
  }),
  rowInvalidUtf8: ({ file, row, column }) => ({
    message: `${file} の ${row} 行目: 列 "${column}" のテキストが UTF-8 ではありません。`,
    action: 'その行を直すか、テキストを UTF-8 で保存してください。',
  }),

  corpusTooSmall: ({ file, sequences, why }) => ({
    message: `${
      sequences === 0
        ? `${file} から学習に使える系列が得られませんでした。`
        : `${file} から得られた系列は ${sequences} 件だけで、学習には足りません。`
    }${why ? readAndDropped(why, 'ja') : ''}`,
    action: why
      ? '入力ファイルが正しいか、除外の設定が厳しすぎないかを確認するか、テキストを追加してください。'
      : 'テキストを追加してください（1 行に 1 文または 1 段落、12 トークン以上）。',
  }),
  corpusFolderTaken: ({ folder, holds }) => ({
    message: `${folder} には別のファイルがあります（${some(holds, 5)}）。コーパスには専用のフォルダーが必要です。`,
    action: '--out で別のフォルダーを指定するか、このフォルダーの中身を削除してください。',
  }),
  corpusBuildDiffers: ({ folder, isFinished, differences }) => ({
    message: `${folder} には、指定と異なる${isFinished ? 'コーパス' : '作成途中のコーパス'}があります（${some(
      differences.map(
        ({ key, there, asked }) => `${key}: フォルダーでは ${there ?? 'なし'}、今回の指定では ${asked ?? 'なし'}`,
      ),
      6,
    )}）。`,
    action: '--out で別のフォルダーを指定するか、このフォルダーを削除して作り直してください。',
  }),
  corpusBusy: ({ folder, pid }) => ({
    message: `${folder} では、プロセス ${pid} がすでにコーパスを作成しています。`,
    action: `終わるまで待つか、--out で別のフォルダーを指定してください。そのプロセスが別のプログラムなら、フォルダーの building.pid を削除してください。`,
  }),
  workerStopped: ({ input, reason }) => ({
    message: `ワーカースレッドが${input === null ? '' : ` ${input} の処理中に`}停止しました（${reason}）。`,
    action: 'もう一度実行すると続きから再開します。メモリー不足の場合は --workers を減らしてください。',
  }),
  corpusTokenizerDiffers: ({ folder, corpusTokenizer, vocabFile, modelTokenizer }) => ({
    message: `コーパス ${folder} は ${vocabFile} とは別のトークナイザーで作られています（コーパスのハッシュ: ${corpusTokenizer}、モデルのハッシュ: ${modelTokenizer}）。`,
    action: 'このモデルでコーパスを作り直すか、コーパスを作ったときのモデルを使ってください。',
  }),
  corpusNotFound: ({ folder }) => ({
    message: `${folder} は完成したコーパスではありません（corpus.json がありません）。`,
    action:
      'コーパスを作成したフォルダーを指定してください。作成が中断された場合は、同じ作成コマンドをもう一度実行すると続きから再開します。',
  }),
  corpusSequenceOutOfRange: ({ folder, sequence, sequences }) => ({
    message: `${folder} に系列 ${sequence} はありません（全 ${sequences} 件、0 から数えます）。`,
    action:
      sequences === 0
        ? 'もっと多くのテキストから作り直してください。'
        : `0 から ${sequences - 1} までの番号を指定してください。`,
  }),
  corpusVersionUnsupported: ({ file, expected, got }) => ({
    message: `${file} のバージョンは ${got} です。このプログラムが読めるのはバージョン ${expected} です。`,
    action: 'このプログラムでコーパスを作り直すか、作成したときのプログラムを使ってください。',
  }),
  corpusInvalid: ({ file, key }) => ({
    message: `${file} はコーパスの記述として正しくありません（${key === '' ? 'JSON オブジェクトではありません' : `"${key}" が不正です`}）。`,
    action: 'フォルダー全体をコピーし直すか、コーパスを作り直してください。',
  }),
  corpusFileDamaged: ({ file, ...found }) => ({
    message: `${file} が壊れています（${corpusFault(found)}）。`,
    action: 'コーパスのフォルダー全体をコピーし直すか、新しいフォルダーにコーパスを作り直してください。',
  }),
  corpusLongerThanLimit: ({ folder, longest, maxSeqLength }) => ({
    message: `コーパス ${folder} には ${longest} トークンの系列がありますが、maxSeqLength は ${maxSeqLength} です。`,
    action: `maxSeqLength を ${longest} 以上にするか、--max-seq-length ${maxSeqLength} でコーパスを作り直してください。`,
  }),
  corpusChanged: ({ run, began, now }) => ({
    message:
      began === now
        ? `コーパス ${now} は実行 ${run} の開始後に変更されているため、正確に再開できません。`
        : `実行 ${run} はコーパス ${began} で開始されましたが、現在の設定では別のコーパス ${now} になります（テキスト、コーパスの設定、またはトークナイザーが変更されています）。`,
    action: '変更を元に戻して再開するか、--fresh で最初からやり直してください。',
  }),
} satisfies Partial<Messages>;
