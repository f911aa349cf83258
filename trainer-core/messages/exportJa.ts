/** The words of errors about exports in Japanese. */

import { type Messages, points, size } from './words.js';

/** What scores are called in a sentence. */
const SCORES: Readonly<Record<string, string>> = {
  accuracy: '正解率',
  macroF1: 'マクロ F1',
  pearson: 'ピアソンの相関係数',
  spearman: 'スピアマンの順位相関係数',
};
const scoreName = (name: string) => SCORES[name] ?? name;

type ExportErrors = Pick<
  Messages,
  | 'modelIsExported'
  | 'modelHasNoHead'
  | 'exportNeedsDev'
  | 'exportNeedsOnnx'
  | 'exportWorse'
  | 'exportNotFinite'
  | 'onnxTooLarge'
>;

export const exportJa: ExportErrors = {
  modelIsExported: ({ folder, found }) => ({
    message: `${folder} は実行専用に書き出されたモデルです（${found}）。重みは量子化されているかグラフの一部になっていて、学習にも読み込みにも使えません。`,
    action: '書き出す前のフォルダー（model.safetensors のあるもの）を指定してください。',
  }),
  modelHasNoHead: ({ folder }) => ({
    message: `${folder} は分類モデルでもマスク言語モデルでもないため、書き出すロジットがありません。`,
    action: 'ファインチューニング済みの分類モデルか、マスク言語モデルのヘッドを持つモデルを指定してください。',
  }),
  exportNeedsDev: ({ precision }) => ({
    message: `${precision} にするとモデルの答えが変わります。どれだけ変わるかはモデルによるため、測らずに書き出すことはできません。`,
    action:
      '--dev FILE を指定してください（分類モデルにはラベル付きテキスト、言語モデルには 1 行 1 文のテキスト）。または fp32 で書き出してください。',
  }),
  exportNeedsOnnx: ({ option }) => ({
    message: `${option} は ONNX 専用です。`,
    action: '--to onnx を付けるか、このオプションを外してください。',
  }),
  exportWorse: ({ precision, dev, examples, agreement, scores, maxDrop }) => ({
    message: `${precision} は ${dev}（${examples} 例）で fp32 より ${maxDrop} ポイントを超えて悪くなります: ${scores
      .map(({ name, fp32, got }) => `${scoreName(name)} ${points(fp32)} → ${points(got)}`)
      .join('、')}。fp32 との一致は ${points(agreement)} % です。何も書き込んでいません。`,
    action: 'fp32 か fp16 で書き出すか、--max-drop で許す低下を増やしてください。',
  }),
  exportNotFinite: ({ precision, dev }) => ({
    message: `${precision} では ${dev} への答えが数になりません。モデルの値が大きすぎます。何も書き込んでいません。`,
    action: 'fp32 か int8 で書き出してください。',
  }),
  onnxTooLarge: ({ precision, bytes, limitBytes }) => ({
    message: `${precision} のファイルは ${size(bytes)} になりますが、ONNX ファイルの上限は ${size(limitBytes)} です。`,
    action: '小さいモデルを書き出すか、--to transformers を使ってください。',
  }),
};
