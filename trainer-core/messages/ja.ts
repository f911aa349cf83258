/** The words of every error in Japanese. */

import type {
  ConfigType,
  ErrorData,
  ImpossibleConfig,
  JsonFault,
  TeacherCacheFault,
  UsageProblem,
} from '../protocol/errors.js';
import type { Objective } from '../protocol/events.js';
import { corpusJa, FETCH_AGAIN } from './corpusJa.js';
import { faultWords } from './deviceWords.js';
import { exportJa } from './exportJa.js';
import { labelledJa } from './labelledJa.js';
import { at, type Messages, shape, size, some, type Words } from './words.js';

const TYPES: Record<ConfigType, string> = {
  string: '文字列',
  number: '数値',
  integer: '整数',
  boolean: 'true または false',
  array: '配列',
  object: 'オブジェクト {…}',
  null: 'null',
};

const IMPOSSIBLE: Record<ImpossibleConfig, (keys: string) => Words> = {
  'no-loss': (keys) => ({
    message: `すべての損失の重みが 0 のため、学習できるものがありません（${keys}）。`,
    action: '少なくとも一つを 0 より大きくしてください。公開レシピは alphaCe 5、alphaMlm 2、alphaCos 1 です。',
  }),
  'mlm-and-clm': (keys) => ({
    message: `${keys} は同時に使えません。一方は単語を隠し、もう一方は次の単語を予測するためです。`,
    action: 'どちらかを 0 にしてください。BERT では alphaClm を 0 にします。',
  }),
  'heads-do-not-divide-hidden': (keys) => ({
    message: `隠れ層の次元がアテンションヘッド数で割り切れません（${keys}）。`,
    action: 'どちらかを変更してください。通常は 1 ヘッドあたり 64 次元です。',
  }),
  'layers-not-in-teacher': (keys) => ({
    message: `指定された層が教師モデルにないか、生徒モデルの層数と合いません（${keys}）。`,
    action: '生徒の各層に対して教師の層番号（0 始まり）を一つずつ指定するか、この設定を省いてください。',
  }),
  'sizes-differ': (keys) => ({
    message: `隠れ層の次元、中間層の次元、ヘッド数が教師と異なる生徒や、位置が教師より多い生徒は、教師の層から始められません（${keys}）。`,
    action: 'studentInit を "random" にするか、生徒を教師と同じ大きさにしてください。',
  }),
  'attention-heads-differ': (keys) => ({
    message: `アテンションスコアはヘッドごとに比べますが、生徒と教師のヘッド数が異なります（${keys}）。`,
    action: 'ヘッド数を同じにするか、alphaAttention を 0 にし、ヘッド数を問わない alphaRelation を使ってください。',
  }),
  'relation-heads-do-not-divide': (keys) => ({
    message: `両モデルの隠れ層の次元が関係ヘッド数で割り切れません（${keys}）。`,
    action: 'relationHeads を両方を割り切る数（生徒のヘッド数など）にしてください。',
  }),
  'no-token-types': (keys) => ({
    message: `生徒モデルにはトークンタイプ埋め込みがないため、固定できません（${keys}）。`,
    action:
      'freezeTokenTypeEmbeddings を省いてください。この埋め込みがあるのは BERT だけで、DistilBERT にはありません。',
  }),
  'grid-or-random': (keys) => ({
    message: `grid と random はどちらか一方だけを指定します（${keys}）。`,
    action: 'grid はすべての組み合わせを、random は trials の数だけ抽選した組み合わせを試します。',
  }),
  'empty-range': (keys) => ({
    message: `値を選べる範囲がありません（${keys}）。`,
    action: 'from を to 以下にしてください。scale が log のときは 0 より大きくしてください。',
  }),
  'nothing-kept': (keys) => ({
    message: `下限が上限を超えているため、すべて除外されてしまいます（${keys}）。`,
    action: '前者を下げるか、後者を上げてください。',
  }),
  'numbers-have-no-classes': (keys) => ({
    message: `ここで学ぶのは数値ですが、${keys} はクラスの確率についての設定です。`,
    action: '設定を外してください。',
  }),
  'not-one-class': (keys) => ({
    message: `${keys} は、1 つのテキストに 1 つのクラスを付ける場合だけの設定です。このデータはそうではありません。`,
    action: 'この設定を省くか、各テキストにクラスを 1 つだけ付けてください。',
  }),
  'cache-holds-predictions-only': (keys) => ({
    message: `教師キャッシュには確率の高いトークンしかありませんが、これらの損失は教師の別の値も読みます（${keys}）。`,
    action:
      'これらの重みを 0 にしてください。キャッシュと併用できるのは alphaCe と alphaMlm です。または teacherTopK を null にすると、教師が毎ステップ実行されます。',
  }),
  'cache-without-ce': (keys) => ({
    message: `教師キャッシュは CE 損失のためのものですが、その重みが 0 です（${keys}）。`,
    action: 'alphaCe を 0 より大きくするか、teacherTopK を null にしてください。',
  }),
  'cache-of-next-pieces': (keys) => ({
    message: `次のトークンの予測はバッチごとに異なるパディングも読むため、結果を保存できません（${keys}）。`,
    action: 'alphaClm を 0 にするか（alphaMlm はトークンを隠して学習します）、teacherTopK を null にしてください。',
  }),
  'cache-has-one-temperature': (keys) => ({
    message: `教師キャッシュは 1 つの温度で作られますが、温度が変化する設定になっています（${keys}）。`,
    action: 'temperature に数値を 1 つだけ指定するか、teacherTopK を null にしてください。',
  }),
  'top-k-over-vocabulary': (keys) => ({
    message: `保存するトークン数が教師の語彙数を超えています（${keys}）。`,
    action: 'teacherTopK を小さくしてください。普通は 64 です。',
  }),
  'windows-do-not-advance': (keys) => ({
    message: `窓が前の窓とすべて重なり、先へ進めません（${keys}）。系列のうち 2 つは [CLS] と [SEP] です。`,
    action: 'stride を maxSeqLength - 2 より小さくしてください。四分の一ほどが普通です。',
  }),
  'unlabelled-without-teacher': (keys) => ({
    message: `ラベルのないテキストから学習するには、答えを出す教師が必要です（${keys}）。`,
    action: 'teacher にファインチューニング済みの分類器のフォルダーを指定するか、unlabelled を省いてください。',
  }),
  'no-classifier-loss': (keys) => ({
    message: `両方の損失の重みが 0 のため、学習できるものがありません（${keys}）。`,
    action: '少なくとも一つを 0 より大きくしてください。通常はどちらも 0.5 です。',
  }),
  'corpus-among-texts': (keys) => ({
    message: `作成済みのコーパスを他のテキストと組み合わせることはできません（${keys}）。`,
    action:
      'コーパスのフォルダーを 1 つだけ指定するか、テキストだけを指定してください（テキストからは 1 つのコーパスが作成されます）。',
  }),
};

const CACHE_FAULTS: Record<TeacherCacheFault, (file: string, sequence: number | null) => string> = {
  missing: (file) => `${file} がありません`,
  size: (file) => `${file} の大きさが書き込んだときと異なります`,
  checksum: (file, sequence) =>
    `${file} が壊れています${sequence === null ? '' : `（系列 ${sequence}）`}。チェックサムが一致しません`,
  manifest: (file) => `${file} は教師キャッシュの内容を表していません`,
  version: (file) => `${file} は別のバージョンのプログラムが書いたものです`,
  foreign: (file) => `${file} は、フォルダー名が示すものとは別の教師、コーパス、または設定のものです`,
};

const JSON_EXPECTED: Record<Extract<JsonFault, { problem: 'unexpected' }>['expected'], string> = {
  key: '二重引用符で囲んだキー',
  colon: 'コロン',
  value: '値',
  'next-key': 'カンマか }',
  'next-element': 'カンマか ]',
  end: 'ファイルの終わり',
};

function jsonFault(fault: JsonFault): string {
  if (fault.problem === 'duplicate-key') return `"${fault.key}" が 2 回あります`;
  if (fault.problem === 'too-deep') return `入れ子が深すぎます（上限 ${fault.limit}）`;
  const expected = JSON_EXPECTED[fault.expected];
  return fault.got === null ? `${expected}の前でファイルが終わっています` : `${expected}のはずが ${fault.got} です`;
}

function range({ atLeast, moreThan, atMost, lessThan }: ErrorData['configOutOfRange']): string {
  const parts = [
    atLeast === null ? [] : [`${atLeast} 以上`],
    moreThan === null ? [] : [`${moreThan} より大きく`],
    atMost === null ? [] : [`${atMost} 以下`],
    lessThan === null ? [] : [`${lessThan} 未満`],
  ].flat();
  return parts.length === 1 && atLeast === null && moreThan !== null ? `${moreThan} より大きい値` : parts.join('、');
}

function usage(data: UsageProblem): Words {
  const help =
    'command' in data ? `使えるオプションは "distilbert-studio ${data.command} --help" で確認できます。` : '';
  switch (data.problem) {
    case 'no-command':
      return { message: 'コマンドが指定されていません。', action: `コマンド: ${data.known.join(', ')}` };
    case 'unknown-command':
      return {
        message: `"${data.command}" というコマンドはありません。`,
        action: data.nearest ? `"${data.nearest}" ではありませんか。` : `コマンド: ${data.known.join(', ')}`,
      };
    case 'unknown-option':
      return {
        message: `"${data.command}" に ${data.option} というオプションはありません。`,
        action: data.nearest ? `${data.nearest} ではありませんか。` : help,
      };
    case 'option-needs-value':
      return { message: `${data.option} には値が必要です。`, action: help };
    case 'option-takes-no-value':
      return {
        message: `${data.option} に値は指定できません。`,
        action: `${data.option} だけを書くか、省いてください。`,
      };
    case 'option-missing':
      return { message: `${data.option} が指定されていません。`, action: help };
    case 'option-not-a-number':
      return { message: `${data.option} には数値が必要ですが、"${data.got}" が指定されました。`, action: help };
    case 'options-exclude-each-other':
      return { message: `${data.options.join(' と ')} は同時に指定できません。`, action: help };
    case 'unexpected-argument':
      return { message: `"${data.command}" では "${data.argument}" を解釈できません。`, action: help };
  }
}

/** Japanese. */
/** The settings with which a run takes less memory. */
const LESS_MEMORY: Record<Objective, string> = {
  distill: 'maxSeqLength または生徒（student.layers、student.hidden）を小さくするか、teacherPrecision を int8 にするか',
  pretrain: 'maxSeqLength またはモデル（model.layers、model.hidden）を小さくするか',
  finetune: 'maxSeqLength、batchSize またはモデルを小さくするか',
};

export const ja: Messages = {
  ...corpusJa,
  ...exportJa,
  ...labelledJa,
  fileNotFound: ({ file }) => ({ message: `ファイル ${file} が見つかりません。`, action: 'パスを確認してください。' }),
  fileUnreadable: ({ file, reason }) => ({
    message: `${file} を読み込めません（${reason}）。`,
    action: '壊れていないファイルか、読み取り権限があるかを確認してください。',
  }),
  folderNotWritable: ({ folder, reason }) => ({
    message: `フォルダー ${folder} に書き込めません（${reason}）。`,
    action: '別のフォルダーを選ぶか、アクセス権を変更してください。',
  }),
  diskFull: ({ file, neededBytes }) => ({
    message: `ディスクの空きが足りず、${file} を書き込めませんでした${neededBytes === null ? '' : `（${size(neededBytes)}）`}。`,
    action: '空きを作ってからやり直すか再開してください。それまでに保存したものはそのまま残っています。',
  }),
  invalidUtf8: (data) => ({
    message: `${at(data)}: この行は UTF-8 ではありません${data.offsetBytes === undefined ? '' : `（ファイルの ${data.offsetBytes} バイト目）`}。`,
    action: 'テキストを UTF-8 で保存し直してください。',
  }),
  fileEmpty: ({ file }) => ({ message: `${file} は空です。`, action: 'テキストの入ったファイルを指定してください。' }),
  lineTooLong: (data) => ({
    message: `${at(data)}: この行は長すぎます（上限 ${size(data.limitBytes)}）。`,
    action: '1 行に 1 文または 1 段落となるように改行してください。',
  }),
  outputIsInput: ({ file }) => ({
    message: `${file} が入力と出力の両方に指定されています。`,
    action: '出力には別の名前を指定してください。',
  }),

  modelFolderNotFound: ({ folder }) => ({
    message: `モデルのフォルダー ${folder} が見つかりません。`,
    action:
      'Hugging Face 形式のモデルフォルダー（config.json、重み、vocab.txt）を指定してください。Hub のモデルは import --from 組織名/モデル名 --out フォルダー で取り込めます。',
  }),
  modelHasNoConfig: ({ folder }) => ({
    message: `${folder} に config.json がありません。`,
    action: 'Hugging Face 形式のモデルフォルダーを指定してください。config.json はモデルに付属しています。',
  }),
  modelHasNoWeights: ({ folder }) => ({
    message: `${folder} に重みのファイル（model.safetensors または pytorch_model.bin）がありません。`,
    action: '重みをダウンロードしてください。Git LFS なしで clone すると重みは取得されません。',
  }),
  modelTypeUnsupported: ({ file, got, expected }) => ({
    message: `${file}: モデルの種類は ${expected.join(' または ')} のはずですが、"${got}" でした。`,
    action: 'BERT または DistilBERT のモデルを使ってください。',
  }),
  modelConfigInvalid: ({ file, key, expected, got }) => ({
    message: `${file}: "${key}" の値 ${got} は正しくありません（期待: ${expected}）。`,
    action: 'モデルの元の config.json と見比べてください。',
  }),
  modelNotClassifier: ({ folder }) => ({
    message: `${folder} は分類モデルではありません（ラベル付きの分類ヘッドがありません）。`,
    action: '先に distilbert-studio finetune でファインチューニングするか、分類モデルのフォルダーを指定してください。',
  }),
  modelNotMaskedLm: ({ folder, keys }) => ({
    message: `${folder} にはマスク言語モデルのヘッドがないため、比べる予測がありません（${keys.join('、')}）。`,
    action:
      'ヘッドの残っている事前学習済みの教師を指定するか、alphaCe と alphaMse を 0 にして、ヘッドの要らない alphaMlm、alphaCos、alphaHidden、alphaAttention、alphaRelation で学習してください。',
  }),
  safetensorsTruncated: ({ file, expectedBytes, gotBytes }) => ({
    message: `${file} が途中で切れています（${expectedBytes} バイトのはずが ${gotBytes} バイト）。`,
    action: FETCH_AGAIN,
  }),
  safetensorsHeaderInvalid: ({ file, reason }) => ({
    message: `${file} の safetensors ヘッダーが正しくありません: ${reason}`,
    action: FETCH_AGAIN,
  }),
  modelHasNoVocabulary: ({ folder }) => ({
    message: `${folder} に vocab.txt がありません。`,
    action: 'WordPiece の語彙を持つ BERT または DistilBERT を使ってください。vocab.txt はモデルに付属しています。',
  }),
  tokenizerUnsupported: ({ file, key, expected, got }) => ({
    message: `${file}: トークナイザーが異なります（${key} は ${expected} のはずですが、${got} です）。`,
    action:
      'MeCab・ipadic・WordPiece で日本語を分割するモデル（tohoku-nlp/bert-base-japanese-whole-word-masking など）を使ってください。',
  }),
  folderNotEmpty: ({ folder }) => ({
    message: `${folder} には既にファイルがあります。`,
    action: '空のフォルダーか、まだないフォルダーを指定してください。',
  }),
  evaluationInvalid: ({ file }) => ({
    message: `${file} は、このバージョンで読める評価結果ではありません。`,
    action: '作り直してください: distilbert-studio evaluate --model DIR --data FILE --out DIR',
  }),
  evaluationNotFound: ({ place }) => ({
    message: `${place} に評価結果がありません（evaluation.json がそこにも、その evaluation/test や evaluation/dev にもありません）。`,
    action: 'モデルそのものを比べるには、ラベル付きテキストも指定してください: --compare MODEL MODEL --data FILE',
  }),
  comparisonNotOfTwo: ({ got }) => ({
    message: `--compare にはモデルか評価結果を 2 つ指定しますが、${got} つ指定されました。`,
    action: '例: --compare runs/a runs/b',
  }),
  evaluationsOfOtherData: ({ first, second, data }) => ({
    message: `${first} と ${second} は同じテキストとラベルで評価されていないため（${data.join('、')}）、比べられません。`,
    action: '両方を 1 つのファイルで評価してください: --compare MODEL MODEL --data FILE',
  }),
  regressionHasNoClasses: ({ place }) => ({
    message: `${place} は数値を予測するモデルのもので、比較や較正の対象となるクラスがありません。`,
    action: '--compare と --calibrate を外してください。誤差と相関はそのまま表示されます。',
  }),
  temperatureUnbounded: ({ data, examples }) => ({
    message: `${data} の ${examples} 件からは温度を決められません（すべて正しく分類されたか、偶然と変わらない精度です）。`,
    action: '学習に使っていない例を増やすか、--calibrate を外してください。',
  }),
  tensorDtypeUnsupported: ({ file, tensor, dtype }) => ({
    message: `${file}: テンソル ${tensor} の型 ${dtype} は重みとして読み込めません。`,
    action: '量子化されていない、F32・F16・BF16 で保存されたモデルを使ってください。',
  }),
  tensorsMissing: ({ file, tensors }) => ({
    message: `${file} にテンソルが ${tensors.length} 個足りません: ${some(tensors, 5)}`,
    action: '重みが config.json と別のモデルのものか、不完全です。両方を入手し直してください。',
  }),
  tensorsMisshapen: ({ file, tensors }) => ({
    message: `${file}: テンソルの形が合いません: ${some(
      tensors.map(({ name, expected, got }) => `${name} は ${shape(expected)} のはずが ${shape(got)}`),
      3,
    )}`,
    action: '重みが config.json と別のモデルのものです。両方を入手し直してください。',
  }),
  pickleForbidden: ({ file, symbol }) => ({
    message: `${file} は、重みに不要な ${symbol} を呼び出そうとしています。何も実行していません。`,
    action: 'このファイルは信用しないでください。信頼できる入手元の model.safetensors を使ってください。',
  }),
  pickleInvalid: ({ file, reason }) => ({
    message: `${file} は PyTorch の重みファイルではありません: ${reason}`,
    action: FETCH_AGAIN,
  }),
  vocabularySizeMismatch: ({ file, expected, got }) => ({
    message: `${file} の語彙数は ${got} ですが、モデルの vocab_size は ${expected} です。`,
    action: 'このモデルに付属する vocab.txt を使ってください。',
  }),
  vocabularyInvalid: (data) => ({
    message: `${at(data)}: 語彙ファイルが正しくありません: ${data.reason}`,
    action: 'vocab.txt は 1 行 1 語で重複がなく、[PAD] [UNK] [CLS] [SEP] [MASK] を含む必要があります。',
  }),
  dictionaryNotFound: ({ file }) => ({
    message: `日本語辞書 ${file} がありません。`,
    action: '"npm run build" で作成してください。',
  }),
  dictionaryInvalid: ({ file, reason }) => ({
    message: `日本語辞書 ${file} を使用できません: ${reason}`,
    action: '削除してから "npm run build" で作り直してください。',
  }),
  checkpointDamaged: ({ folder, reason }) => ({
    message: `チェックポイント ${folder} が壊れています: ${reason}`,
    action: '一つ前のチェックポイントから再開するか、--fresh で最初からやり直してください。',
  }),

  modelIdInvalid: ({ id }) => ({
    message: `"${id}" はフォルダーでも Hugging Face Hub のモデル ID でもありません。`,
    action:
      'モデルフォルダーのパスか、tohoku-nlp/bert-base-japanese-whole-word-masking のような ID を指定してください。',
  }),
  hubModelNotFound: ({ id, revision, host }) => ({
    message: `${host} にモデル "${id}"（リビジョン "${revision}"）はありません。`,
    action: 'つづりを確認してください。ID はモデルのページの URL にある「組織名/モデル名」です。',
  }),
  hubAccessDenied: ({ id, host, withToken }) => ({
    message: `${host} の "${id}" にアクセスできません。非公開か、利用規約への同意が必要か、存在しないモデルです。`,
    action: withToken
      ? 'つづりと HF_TOKEN のトークン、モデルのページで同意が必要な規約がないかを確認してください。'
      : 'つづりを確認してください。非公開のモデルには、環境変数 HF_TOKEN にアクセストークンを設定してください。',
  }),
  hubUnreachable: ({ host, reason }) => ({
    message: `${host} に接続できません（${reason}）。`,
    action:
      'ネットワークを確認してください。プロキシがある場合は HTTPS_PROXY も確認してください。HF_ENDPOINT でミラーを指定できます。ネットワークなしで取り込むには、HF_HUB_OFFLINE=1 でキャッシュにあるものを使うか、別の方法で入手したモデルのフォルダーを取り込んでください。',
  }),
  hubFailed: ({ url, status }) => ({
    message: `${url} がエラー ${status} を返しました。`,
    action: '後でもう一度試してください。転送済みの分は、もう一度転送されません。',
  }),
  downloadIncomplete: ({ url, expectedBytes, gotBytes }) => ({
    message: `${url} のダウンロードが何度も途切れました（${expectedBytes === null ? '' : `${expectedBytes} バイトのうち `}${gotBytes} バイト）。`,
    action: 'もう一度試すと、途中から再開します。別の方法で入手したモデルのフォルダーを取り込むこともできます。',
  }),
  downloadDamaged: ({ url, what, expected, got }) => ({
    message: `${url} が壊れています（${what === 'hash' ? 'チェックサム' : 'バイト数'}は ${expected} のはずですが、${got} です）。`,
    action: 'もう一度試してください。繰り返す場合は、通信の途中でファイルが書き換えられています。',
  }),
  hubAnswerInvalid: ({ host }) => ({
    message: `${host} の応答は Hugging Face Hub のものではありません。`,
    action:
      'HF_ENDPOINT を確認してください。ネットワークがログインを求めていないかも、ブラウザーで何かページを開いて確認してください。',
  }),
  hubNotCached: ({ id, revision, cacheFolder }) => ({
    message: `"${id}"（${revision}）はキャッシュ ${cacheFolder} にそろっておらず、HF_HUB_OFFLINE または TRANSFORMERS_OFFLINE によりダウンロードもできません。`,
    action:
      'その変数を外して一度取り込むか、このモデルのあるキャッシュを HF_HOME または HF_HUB_CACHE で指定してください。',
  }),
  hubCacheDamaged: ({ file }) => ({
    message: `キャッシュの ${file} が壊れています（内容のチェックサムが、ファイル名と一致しません）。`,
    action: 'HF_HUB_OFFLINE を外してもう一度取り込むと、壊れたファイルはダウンロードし直されます。',
  }),
  repositoryIdInvalid: ({ id }) => ({
    message: `"${id}" は Hugging Face Hub のリポジトリ名にできません。`,
    action: '「組織名/リポジトリ名」か、自分のリポジトリなら名前だけを、英数字と「.」「-」「_」で指定してください。',
  }),
  hubTokenMissing: ({ host }) => ({
    message: `${host} へのアップロードにはアクセストークンが必要です。`,
    action: `${host}/settings/tokens で書き込み権限のあるトークンを作り、環境変数 HF_TOKEN に設定してください。`,
  }),
  hubTokenRefused: ({ host }) => ({
    message: `${host} がアクセストークンを受け付けません。入力の誤りか、期限切れか、取り消されたトークンです。`,
    action: `${host}/settings/tokens で書き込み権限のあるトークンを作り直し、それを使ってください。`,
  }),
  hubTokenReadOnly: ({ host }) => ({
    message: `${host} のアクセストークンに書き込み権限がありません。`,
    action: `${host}/settings/tokens で書き込み権限のあるトークンを作り、それを使ってください。`,
  }),
  hubWriteDenied: ({ id, host }) => ({
    message: `${host} の "${id}" に書き込む権限がありません。`,
    action: '自分のリポジトリか、書き込み権限のある組織のリポジトリを指定し、トークンの権限も確認してください。',
  }),
  hubModelPublic: ({ id, host }) => ({
    message: `"${id}" は非公開にするはずですが、${host} に公開リポジトリとしてすでにあります。何もアップロードしていません。`,
    action: '別のリポジトリを指定するか、先にそのページで非公開にするか、--private を外してください。',
  }),
  hubOffline: ({ host }) => ({
    message: `HF_HUB_OFFLINE または TRANSFORMERS_OFFLINE により、${host} に接続できません。`,
    action: 'その変数を外してアップロードしてください。',
  }),
  proxyUnsupported: ({ proxy }) => ({
    message: `"${proxy}" はここで使えるプロキシではありません。`,
    action:
      'HTTPS_PROXY または HTTP_PROXY に、http://proxy.example:8080 のような HTTP プロキシの URL を指定してください。',
  }),

  labelUnknown: ({ label, known }) => ({
    message: `この分類モデルにラベル "${label}" はありません。`,
    action: `使えるラベル: ${some(known)}`,
  }),
  runOfOlderVersion: ({ file }) => ({
    message: `${file} は、テキストの 1 行を 1 系列とする以前のバージョンで開始された実行のものです。このバージョンでは、指定がなければ文を詰め合わせます。`,
    action:
      'このファイルに "corpusSettings": {"sequences": "lines", "textDocuments": "lines"} を追加して再開するか、--fresh で最初からやり直してください。',
  }),
  archiveInvalid: ({ file, offset, reason }) => ({
    message: `${file} は正しい tar アーカイブではありません（${offset} バイト目で${reason === 'truncated' ? '途切れています' : 'チェックサムが合いません'}）。`,
    action: FETCH_AGAIN,
  }),
  articleInvalid: ({ file, lines }) => ({
    message: `${file} は livedoor の記事ではありません（URL、日付、題名、本文のはずが ${lines} 行です）。`,
    action: 'livedoor ニュースコーパスのファイルをそのまま使ってください。',
  }),
  articlesMissing: ({ file, articles }) => ({
    message: `${file} に、分割表の記事が ${articles.length} 件ありません: ${some(articles, 5)}`,
    action: '分割表の元になった完全なアーカイブを使ってください。',
  }),

  configInvalidJson: (data) => ({
    message: `${at(data)}: JSON として正しくありません。${jsonFault(data.fault)}。`,
    action: 'その行を直してください。カンマや引用符の過不足がよくある原因です。',
  }),
  configUnknownKey: (data) => ({
    message: `${at(data)}: "${data.key}" という設定はありません。`,
    action: data.nearest
      ? `"${data.nearest}" ではありませんか。`
      : `新しい版のための設定ファイルなら、DistilBERT Studio を更新してください。この版で設定できる項目: ${some(data.known, 100)}`,
  }),
  configMissingKey: (data) => ({
    message: `${at(data)}: "${data.key}" がありません。`,
    action: `"${data.key}" を追加してください。`,
  }),
  configWrongType: (data) => ({
    message: `${at(data)}: ${data.key ? `"${data.key}"` : '設定'} は ${data.expected.map((type) => TYPES[type]).join(' か ')} のはずですが、${data.got} です。`,
    action: '値を直してください。',
  }),
  configOutOfRange: (data) => ({
    message: `${at(data)}: "${data.key}" は ${range(data)} のはずですが、${data.got} です。`,
    action: '値を直してください。',
  }),
  configNotAllowed: (data) => ({
    message: `${at(data)}: "${data.key}" は ${data.allowed.map((value) => `"${value}"`).join(' か ')} のはずですが、${data.got} です。`,
    action: 'この中から選んでください。',
  }),
  configUnknownLabel: (data) => ({
    message: `${at(data)}: "${data.key}" にあるラベル "${data.label}" は、学習データのどのテキストにもありません。`,
    action: `学習データのラベル: ${some(data.known)}`,
  }),
  configListLength: (data) => ({
    message: `${at(data)}: "${data.key}" は数値一つか ${data.expected} 個の配列のはずですが、${data.got} です。`,
    action: '数値を一つ指定するか、最初と最後のステップの値を二つ並べてください。',
  }),
  configEmpty: (data) => ({ message: `${at(data)}: "${data.key}" が空です。`, action: '値を指定してください。' }),
  configMaskProportions: (data) => ({
    message: `${at(data)}: wordMask、wordKeep、wordRand の合計は 1 のはずですが、${Number(data.sum.toFixed(6))} です。`,
    action: 'いずれかを変更してください。通常は 0.8、0.1、0.1 です。',
  }),
  configImpossible: (data) => {
    const words = IMPOSSIBLE[data.reason](data.keys.join(', '));
    return { ...words, message: `${at(data)}: ${words.message}` };
  },
  teacherAnswersDiffer: ({ teacher, teacherLabels, teacherProblem, labels, problem }) =>
    teacherProblem === problem
      ? {
          message: `教師 ${teacher} のラベルが学習データのラベルと異なります。教師: ${some(teacherLabels, 40)}。学習データ: ${some(labels, 40)}。`,
          action:
            '同じラベルでファインチューニングした教師を指定するか、ラベルの名前をそろえてください（順序は問いません）。',
        }
      : {
          message: `教師 ${teacher} は ${teacherProblem} 用ですが、ここで学習するのは ${problem} です。`,
          action: '同じ種類の問題でファインチューニングした教師を指定してください。',
        },
  vocabulariesDiffer: ({ teacher, student, teacherSize, studentSize }) => ({
    message:
      teacherSize === studentSize
        ? `教師（${teacher}）と生徒（${student}）の語彙が異なります。`
        : `教師（${teacher}）の語彙数は ${teacherSize}、生徒（${student}）の語彙数は ${studentSize} です。`,
    action: '蒸留には同じ語彙が必要です。この教師から作った生徒と、教師の vocab.txt を使ってください。',
  }),
  windowsDoNotMove: ({ stride, room }) => ({
    message: `窓に入るのは ${room} 個ですが、前の窓と ${stride} 個を共有する設定なので、窓が先へ進みません。`,
    action: `stride を ${room - 1} 以下にするか、maxSeqLength を大きくしてください。`,
  }),
  sequenceLongerThanPositions: ({ requested, positions }) => ({
    message: `maxSeqLength は ${requested} ですが、モデルが読めるのは ${positions} トークンまでです。`,
    action: `maxSeqLength を ${positions} 以下にしてください。`,
  }),
  teacherCacheDamaged: ({ folder, file, fault, sequence }) => ({
    message: `教師キャッシュ ${folder} は使えません: ${CACHE_FAULTS[fault](file, sequence)}。`,
    action:
      'このフォルダーを削除して、もう一度実行してください（途中まで進んでいた場合は --resume を付けてください）。同じ予測が作り直されます。',
  }),
  teacherCacheBusy: ({ folder, pid }) => ({
    message: `プロセス ${pid} が教師の予測を ${folder} に書き込んでいます。`,
    action:
      '書き込みが終わってから、この実行を始めてください。同じキャッシュが使われます。そのプロセスが別のプログラムなら、フォルダーの building.pid を削除してください。',
  }),

  installNotHere: ({ device, platform, platforms }) => ({
    message: `${device} のためのファイルは ${platforms.join('、')} 用だけが提供されています（このマシンは ${platform}）。`,
    action: 'これらなしで使えるデバイスは "devices" で確認できます。',
  }),
  installFailed: ({ device, host, reason }) => ({
    message: `${device} のためのファイルを${host === null ? '' : ` ${host} から`}取得できませんでした: ${reason}。何もインストールされていません。`,
    action:
      '接続を確認してください。プロキシの内側では HTTPS_PROXY を設定してください。これらがなくても、CPU と（ドライバーがあれば）WebGPU は使えます。',
  }),
  deviceUnavailable: ({ device, reason, available }) => {
    const why = reason && faultWords(reason, 'ja');
    return {
      message: `デバイス "${device}" はここでは使えません。${why ? why.message : ''}`,
      action: `${why ? `${why.action}　または ` : ''}device を ${available.map((each) => `"${each}"`).join(' か ')}、または "auto" にしてください。一覧は "devices" で表示できます。`,
    };
  },
  tensorflowUnavailable: ({ fault }) => faultWords(fault, 'ja'),
  teacherPrecisionUnavailable: ({ precision, device }) => ({
    message:
      precision === 'int8'
        ? `${precision} の教師は CPU だけで計算できますが、teacherDevice は "${device}" です。`
        : `教師のデバイス "${device}" では ${precision} で計算できません。`,
    action:
      precision === 'int8'
        ? 'teacherDevice を "cpu" にするか省くか、teacherPrecision を "fp32" にしてください。'
        : 'teacherPrecision を "fp32" にするか、teacherDevice を半精度で計算できる GPU にしてください。',
  }),
  precisionUnavailable: ({ precision, device, available }) => ({
    message: `デバイス "${device}" では ${precision} で計算できません。`,
    action: `precision を ${available.map((each) => `"${each}"`).join(' か ')} にしてください。`,
  }),
  lossNotFinite: ({ globalStep, checkpoint }) => ({
    message: `ステップ ${globalStep} で損失または重みが数値でなくなったため、学習を止めました。`,
    action: `${checkpoint === null ? '保存済みのチェックポイントはありません。' : `直前の正常なチェックポイントは ${checkpoint} です。`}learningRate を下げるか、ウォームアップを長くしてください。半精度で計算していた場合は precision を "fp32" にしてください。`,
  }),
  runFolderNotEmpty: ({ folder }) => ({
    message: `${folder} には既にファイルがあります。`,
    action: '続きから学習するなら --resume、置き換えるなら --fresh を付けるか、別のフォルダーを指定してください。',
  }),
  runNotFound: ({ folder }) => ({
    message: `${folder} に再開できる学習はありません。`,
    action: 'フォルダーを確認するか、--resume を外して新しく始めてください。',
  }),
  sweepRunDiffers: ({ folder, keys }) => ({
    message: `${folder} の学習は別の設定（${keys.join('、')}）で行われています。`,
    action: '別の --out を指定するか、--fresh を付けて学習し直してください。',
  }),
  runBusy: ({ folder, pid }) => ({
    message: `${folder} の学習は別のプロセス${pid === null ? '' : `（${pid}）`}が実行中です。`,
    action: `様子を見るには VS Code の「実行」ビューでこのフォルダーを開くか、metrics.jsonl をご覧ください。保存してから止めるには、${pid === null ? '開始した端末で Ctrl+C を押してください' : `kill -TERM ${pid} を実行するか、開始した端末で Ctrl+C を押してください`}。別のフォルダーを指定することもできます。`,
  }),
  costTooHigh: ({ what, objective, folder, neededBytes, availableBytes }) => ({
    message: `${folder} の学習には${what === 'memory' ? 'メモリー' : 'ディスク'}が ${size(neededBytes)} 要りますが、空きは ${size(availableBytes)} です。`,
    action:
      what === 'memory'
        ? `${LESS_MEMORY[objective]}、ほかのプログラムを終了してください。`
        : `keepCheckpoints${objective === 'distill' ? '（設定していれば teacherTopK も）' : ''}を小さくするか、${objective === 'distill' ? '生徒' : 'モデル'}を小さくするか、空きを増やすか、別のフォルダーを指定してください。`,
  }),
  outOfMemory: () => ({
    message: 'メモリーが足りません。',
    action:
      'ほかのプログラムを終了するか、maxSeqLength またはモデルを小さくしてください。1 ステップが 1 ミニバッチなら、batchSize を半分にして gradientAccumulationSteps を 2 にしてください。GPU のメモリーが足りない場合は --device cpu も使えます。その後、最後のチェックポイントから続けられます。',
  }),
  deviceLost: ({ reason }) => ({
    message: `GPU が使えなくなりました: ${reason}`,
    action:
      'GPU が取り外されたか、ドライバーが再起動しました。最後のチェックポイントから、GPU が戻ってから、または --device cpu で続けられます。',
  }),
  engineFailed: ({ reason }) => ({
    message: `計算エンジンでエラーが発生しました: ${reason}`,
    action: 'batchSize を小さくするか、--device cpu を試してください。',
  }),

  usage,
};
