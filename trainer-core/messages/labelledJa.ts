/** The words of the errors of labelled text, in Japanese. */

import type { ColumnSetting } from '../protocol/errors.js';
import { at, type Messages, some } from './words.js';

const FLAGS: Record<ColumnSetting, string> = {
  textColumn: '--text-column',
  secondTextColumn: '--second-text-column',
  labelColumn: '--label-column',
};

function columnsOf(known: readonly string[] | null, width: number): string {
  return known === null ? `名前のない ${width} 列` : some(known, 20);
}

/** Japanese; a part of `ja`. */
export const labelledJa = {
  columnCount: (data) => ({
    message: `${at(data)}: ${data.format === 'tsv' ? 'タブ' : 'カンマ'}区切りで ${data.expected} 列のはずですが、${data.got} 列あります。`,
    action:
      data.format === 'tsv'
        ? '各行を「テキスト、タブ、ラベル」のように最初の行と同じ列数にしてください。テキストにタブは使えません。'
        : '各レコードを最初のものと同じ列数にしてください。カンマを含むテキストは二重引用符で囲みます。',
  }),
  columnUnknown: ({ file, line, setting, column, known, width }) => ({
    message: `${at({ file, line: line ?? null })}: 列 "${column}" がありません（あるもの: ${columnsOf(known, width)}）。`,
    action: `列を名前か 1 から数えた番号で指定してください: ${setting}（${FLAGS[setting]}）`,
  }),
  columnsUnclear: ({ file, setting, known, width }) => ({
    message: `${file}: どの列が${setting === 'labelColumn' ? 'ラベル' : 'テキスト'}か判断できません（あるもの: ${columnsOf(known, width)}）。`,
    action: `列を名前か 1 から数えた番号で指定してください: ${setting}（${FLAGS[setting]}）`,
  }),
  cellNotText: (data) => ({
    message: `${at(data)}: 列 "${data.column}" は文字列のはずですが、${data.got} です。`,
    action: 'テキストの列を textColumn（--text-column）で指定してください。',
  }),
  csvQuoteOpen: (data) => ({
    message: `${at(data)}: ここで始まる二重引用符が閉じられていません。`,
    action: '次のカンマか改行の前で閉じてください。テキストの中の二重引用符は二つ重ねます（""）。',
  }),
  csvAfterQuote: (data) => ({
    message: `${at(data)}、${data.column} 文字目: 閉じた二重引用符の後に文字があります。`,
    action: 'カンマを入れるか、テキストの中の二重引用符を二つ重ねてください（""）。',
  }),
  dataLabelUnknown: (data) => ({
    message: `${at(data)}: ラベル "${data.label}" は登録されていません。`,
    action: `使えるラベル: ${some(data.known)}。ラベルを直すか、その例を学習用データに加えてください。`,
  }),
  emptyText: (data) => ({
    message: `${at(data)}: テキストが空です。`,
    action: 'テキストを入れるか、その例を削除してください。',
  }),
  emptyLabel: (data) => ({
    message: `${at(data)}: ラベルが空です。`,
    action: 'ラベルを入れるか、その例を削除してください。',
  }),
  labelUnreadable: (data) => ({
    message: `${at(data)}: ラベルは文字列か数値のはずですが、${data.got} です。`,
    action:
      'ラベルの列を labelColumn（--label-column）で指定してください。一つのテキストに複数のラベルがある場合は problemType を "multi_label_classification" にしてください。',
  }),
  labelNotNumber: (data) => ({
    message: `${at(data)}: problemType が "regression" なのでラベルは数値のはずですが、${data.got} です。`,
    action: 'ラベルを直すか、その列を labelColumn（--label-column）で指定してください。',
  }),
  tooFewLabels: ({ file, labels }) => ({
    message: `${file} のラベルは${labels.length === 0 ? '一つもありません' : ` ${some(labels)} だけです`}。分類には 2 種類以上必要です。`,
    action: '別のラベルの例を追加してください。',
  }),
  textsIdentical: ({ file, examples }) => ({
    message: `${file}: ${examples} 件のテキストがすべて同じで、学習できるものがありません。`,
    action: 'テキストの列を textColumn（--text-column）で指定してください。',
  }),
  labelledFolderEmpty: ({ folder }) => ({
    message: `${folder} にラベル付きのテキストがありません。`,
    action:
      'クラスごとのフォルダーに文書ごとの .txt を入れたフォルダー、配布されたままの Livedoor コーパス、または TSV、CSV、JSONL、Parquet のファイルを指定してください。',
  }),
  textHasNoPieces: (data) => ({
    message: `${at(data)}: このテキストは空白と制御文字だけで、トークンが一つもありません。`,
    action: 'その例を直すか削除してください。',
  }),
  textHasNul: (data) => ({
    message: `${at(data)}、${data.column} 文字目: テキストに NUL 文字があります。`,
    action: 'テキストを UTF-8 で保存し直してください。UTF-16 か、テキストではないファイルかもしれません。',
  }),
  textsLeak: ({ count, train, other }) => ({
    message: `学習用テキストのうち ${count} 件が検証用かテスト用にもあります（最初のものは ${at(train)} と ${at(other)}）。`,
    action: '取り除くか、leaks を "drop"（学習から外す）か "warn" にしてください。',
  }),
  splitTooSmall: ({ file, examples }) => ({
    message: `${file} は例が ${examples} 件しかなく、検証用に分けられません。各クラスに 2 件必要です。`,
    action: '検証用ファイル（--dev）を指定するか、例を増やすか、devPart を大きくしてください。',
  }),
  allTextsLeak: ({ file }) => ({
    message: `${file}: 学習用テキストがすべて検証用かテスト用にもあり、学習に使えるものが残りません。`,
    action: '別の学習用データを指定するか、leaks を "warn" にしてください。',
  }),
} satisfies Partial<Messages>;
