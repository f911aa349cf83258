/** What the command line says of its own accord, in English and Japanese. */

import type { Objective, PrecisionReason } from '../protocol/events.js';
import type { DeviceInstalled, JobProgress, UploadPlan } from '../protocol/jobs.js';
import type { Language } from './format.js';

/** The command line's sentences and column heads. */
export interface TerminalWords {
  objective: Readonly<Record<Objective, string>>;
  started(data: { parameters: string; sequences: string; tokens: string; steps: string; device: string }): string;
  goingOn(step: string): string;
  timeLeft(time: string): string;
  evaluated(split: 'dev' | 'test', epoch: string): string;
  best: string;
  checkpoint(folder: string): string;
  runsHalved(step: string, tokens: string): string;
  precisionChosen(precision: 'fp32' | 'fp16', reason: PrecisionReason, failure: string): string;
  lossScaleLow(step: string): string;
  checkpointSkipped(folder: string, reason: string): string;
  stopping: string;
  stopped(step: string, folder: string, command: string): string;
  finished(folder: string): string;
  accuracy: string;
  macroF1: string;
  microF1: string;
  weightedF1: string;
  samplesF1: string;
  subsetAccuracy: string;
  calibrationError: string;
  brier: string;
  temperature: string;
  mse: string;
  mae: string;
  r2: string;
  pearson: string;
  spearman: string;
  /** The rows below the classes. */
  averages: Readonly<Record<'macro' | 'micro' | 'weighted', string>>;
  intervals(resamples: string): string;
  /** Columns of the numbers furthest off. */
  truth: string;
  predicted: string;
  furthest: string;
  misread(count: string): string;
  evaluationWritten(folder: string): string;
  calibrated(temperature: string, file: string): string;
  comparison: {
    first: string;
    second: string;
    difference: string;
    interval: string;
    note(resamples: string): string;
    mcnemar(data: { b: string; c: string; p: string; exact: boolean; statistic: string }): string;
  };
  agreement: string;
  perplexity: string;
  loss: string;
  /** Heads of the columns of a sweep's comparison; `failed` stands in the place of a score. */
  sweepHeads: Readonly<Record<'runs' | 'dev' | 'test' | 'bestEpoch' | 'failed', string>>;
  sweepWritten(file: string): string;
  sweepStopped(done: string, total: string): string;
  sweepRunFailed: string;
  class: string;
  precision: string;
  recall: string;
  f1: string;
  support: string;
  confusion: string;
  confusedPairs: string;
  jobPhase: Readonly<Record<JobProgress['phase'], string>>;
  /** In a line of progress, so short. */
  documentsRead(count: string): string;
  classified(lines: string, file: string): string;
  /** In place of a label. */
  unsure: string;
  explanation: {
    difference(label: string, logOdds: string, baseline: string): string;
    more(count: string): string;
    sum(sum: string, difference: string): string;
    moreSteps: string;
    unread(count: string): string;
    none: string;
    page: { language: Language; title: string; word: string; adds(label: string): string; more(count: string): string };
  };
  modelWritten(folder: string): string;
  deviceInstalled(result: DeviceInstalled): string;
  /** Of an export for ONNX: heads of its table, and what stands below it. */
  exported: Readonly<Record<'precision' | 'size' | 'sentence' | 'agreement' | 'noDev', string>>;
  exportTiming(pieces: number, device: string): string;
  exportDev(examples: string, file: string): string;
  uploadTo(plan: UploadPlan): string;
  uploaded(url: string): string;
  /** Heads of the rows, and a note. */
  estimate: Readonly<
    Record<
      | 'parameters'
      | 'teacherParameters'
      | 'sequences'
      | 'tokensPerEpoch'
      | 'totalSteps'
      | 'secondsPerStep'
      | 'tokensPerSecond'
      | 'time'
      | 'memory'
      | 'weights'
      | 'gradients'
      | 'moments'
      | 'teacherMemory'
      | 'rest'
      | 'flops'
      | 'disk'
      | 'teacherCache'
      | 'available'
      | 'device'
      | 'extrapolated',
      string
    >
  >;
  bug: string;
  demo: {
    /** The heads of the two parts. */
    distilling: string;
    finetuning: string;
    already: string;
    goingOn: string;
    majority(part: string): string;
    sentences: string;
    models(data: { student: string; classifier: string }): string;
    open(folder: string): string;
    again: string;
  };
}

/** The sentences of each language. */
export const TERMINAL: Readonly<Record<Language, TerminalWords>> = {
  en: {
    objective: { pretrain: 'pre-train', distill: 'distil', finetune: 'fine-tune' },
    started: ({ parameters, sequences, tokens, steps, device }) =>
      `${parameters} weights, ${sequences} sequences, ${tokens} tokens an epoch, ${steps} steps, on ${device}`,
    goingOn: (step) => `going on from step ${step}`,
    timeLeft: (time) => `${time} left`,
    evaluated: (split, epoch) => `${split}, epoch ${epoch}`,
    best: 'best so far',
    checkpoint: (folder) => `saved ${folder}`,
    runsHalved: (step, tokens) =>
      `Memory ran out: step ${step} is done again, with ${tokens} tokens at a time; the batch stays the same.`,
    precisionChosen: (precision, reason, failure) =>
      `Computes in ${precision}: on the first micro-batches half precision ${
        {
          agrees: 'agrees with single precision.',
          differs: 'differs from single precision by more than is allowed.',
          overflows: 'overflows.',
          fails: `fails: ${failure}`,
          notFinite: 'has nothing to be compared with: single precision comes to no finite numbers.',
        }[reason]
      }`,
    lossScaleLow: (step) =>
      `Up to step ${step} gradients have overflowed half precision again and again. If the loss does not fall, go on with --precision fp32.`,
    checkpointSkipped: (folder, reason) => `${folder} is damaged and was passed over: ${reason}`,
    stopping: 'Finishing this step and saving; press Ctrl+C again to quit at once.',
    stopped: (step, folder, command) => `Stopped after step ${step}; saved in ${folder}.\nTo go on: ${command}`,
    finished: (folder) => `Done: ${folder}`,
    sweepHeads: { runs: 'runs', dev: 'dev', test: 'test', bestEpoch: 'best epoch', failed: 'diverged' },
    sweepWritten: (file) => `Written to ${file}, and to sweep.json beside it. Compare the curves in the dashboard.`,
    sweepStopped: (done, total) => `${done} of ${total} runs are done; the same command goes on.`,
    sweepRunFailed: 'The loss of this run is no number any more; the sweep goes on without it.',
    accuracy: 'accuracy',
    macroF1: 'macro-F1',
    microF1: 'micro-F1',
    weightedF1: 'weighted F1',
    samplesF1: 'samples-F1',
    subsetAccuracy: 'subset accuracy',
    calibrationError: 'calibration error',
    brier: 'Brier score',
    temperature: 'temperature',
    mse: 'mean squared error',
    mae: 'mean absolute error',
    r2: 'R²',
    pearson: "Pearson's correlation",
    spearman: "Spearman's correlation",
    averages: { macro: '(macro)', micro: '(micro)', weighted: '(weighted)' },
    intervals: (resamples) => `In brackets: 95 % bootstrap intervals, ${resamples} resamples.`,
    truth: 'truth',
    predicted: 'guess',
    furthest: 'Furthest off',
    misread: (count) => `${count} misread; --out DIR writes them down.`,
    evaluationWritten: (folder) => `The evaluation is in ${folder}`,
    calibrated: (temperature, file) => `Temperature ${temperature} was written to ${file}`,
    comparison: {
      first: 'first',
      second: 'second',
      difference: 'difference',
      interval: '95 %',
      note: (resamples) => `Differences in percentage points, with bootstrap intervals of ${resamples} resamples.`,
      mcnemar: ({ b, c, p, exact, statistic }) =>
        `McNemar's test: only the first is right ${b} times, only the second ${c} times; p = ${p} (${exact ? 'exact' : `chi-square ${statistic} with continuity correction`}).`,
    },
    agreement: 'as the teacher',
    perplexity: 'perplexity',
    loss: 'loss',
    class: 'class',
    precision: 'precision',
    recall: 'recall',
    f1: 'F1',
    support: 'examples',
    confusion: 'Confusion matrix (rows: truth, columns: prediction)',
    confusedPairs: 'Most frequent confusions (truth → prediction)',
    jobPhase: {
      reading: 'reading',
      loading: 'loading the model',
      timing: 'timing steps',
      classifying: 'classifying',
      explaining: 'explaining',
      resampling: 'resampling',
      downloading: 'downloading',
      copying: 'copying',
      building: 'building',
      deduplicating: 'dropping duplicates',
      verifying: 'checking',
      extracting: 'extracting',
      measuring: 'measuring',
      uploading: 'uploading',
      predicting: 'the teacher predicts',
      tokenizing: 'tokenising',
      choosingDevice: 'timing devices',
      teaching: 'asking the teacher',
    },
    documentsRead: (count) => `${count} ${count === '1' ? 'doc' : 'docs'}`,
    classified: (lines, file) => `Classified ${lines} lines: ${file}`,
    unsure: 'unsure',
    explanation: {
      difference: (label, logOdds, baseline) =>
        `Log-odds of ${label}: ${logOdds}; with every word masked ${baseline}. What each word adds:`,
      more: (count) => `and ${count} more; --json has all of them`,
      sum: (sum, difference) => `Together ${sum}, of a difference of ${difference}.`,
      moreSteps: 'That is more than a twentieth off: more --steps bring it nearer.',
      unread: (count) =>
        `${count} ${count === '1' ? 'word was' : 'words were'} not read, for the text is too long; --long-texts windows reads all.`,
      none: 'The text has no pieces: there is nothing to weigh.',
      page: {
        language: 'en',
        title: 'What each word adds',
        word: 'Word',
        adds: (label) => `Adds to the log-odds of ${label}`,
        more: (count) => `and ${count} more`,
      },
    },
    modelWritten: (folder) => `The model is in ${folder}`,
    deviceInstalled: ({ folder, fetched }) =>
      `${fetched ? "CUDA's files are now in" : "CUDA's files were there already:"} ${folder}\nThey need an NVIDIA driver, and the libraries of CUDA 12 and cuDNN 9 on LD_LIBRARY_PATH; "devices" tells whether they work.`,
    exported: {
      precision: 'precision',
      size: 'size',
      sentence: 'a sentence',
      agreement: 'as fp32',
      noDev: 'Scores were not measured: give --dev FILE.',
    },
    exportTiming: (pieces, device) => `A sentence of ${pieces} pieces: median of 30 warm runs, ${device}.`,
    exportDev: (examples, file) => `Scores: ${examples} examples of ${file}.`,
    uploadTo: ({ url, exists, private: isPrivate, license }) =>
      `${exists ? 'Into' : 'Into the new repository'} ${url} (${isPrivate ? 'private' : 'public'}), licence ${license}:`,
    uploaded: (url) => `The model is on ${url}`,
    estimate: {
      parameters: 'weights to train',
      teacherParameters: "the teacher's weights",
      sequences: 'sequences',
      tokensPerEpoch: 'tokens an epoch',
      totalSteps: 'steps',
      secondsPerStep: 'time a step',
      tokensPerSecond: 'tokens a second',
      time: 'time in all',
      memory: 'memory needed',
      weights: '  weights',
      gradients: '  gradients',
      moments: '  moments of AdamW',
      teacherMemory: '  teacher',
      rest: '  activations and program',
      flops: 'operations a step (GFLOP)',
      disk: 'disk for the run',
      teacherCache: "  the teacher's predictions",
      available: 'memory free',
      device: 'device',
      extrapolated: 'Only the first part of the text was read; sequences, tokens and steps are estimated from it.',
    },
    bug: 'This is a fault of the program itself. Please report it with the lines above.',
    demo: {
      distilling: '1. A small student learns from its teacher on Japanese Wikipedia text.',
      finetuning: '2. The student learns to tell nine kinds of Livedoor news apart.',
      already: 'This part was finished before; its result is used.',
      goingOn: 'Going on with the run that was stopped.',
      majority: (part) => `Always answering the most frequent class would score ${part}.`,
      sentences: '3. Sentences it has never seen',
      models: ({ student, classifier }) => `The distilled student: ${student}\nThe classifier:        ${classifier}`,
      open: (folder) =>
        `To use them in VS Code, open ${folder}, set "distilbertStudio.classifier" to the classifier's folder, select a text and choose "Classify Selection" from its context menu.`,
      again: 'To do it all anew: npm start -- --fresh',
    },
  },
  ja: {
    objective: { pretrain: '事前学習', distill: '蒸留', finetune: 'ファインチューニング' },
    started: ({ parameters, sequences, tokens, steps, device }) =>
      `重み ${parameters} 個、系列 ${sequences} 件、1 エポック ${tokens} トークン、${steps} ステップ、デバイス ${device}`,
    goingOn: (step) => `ステップ ${step} の続きから`,
    timeLeft: (time) => `残り ${time}`,
    evaluated: (split, epoch) => `${split === 'dev' ? '検証' : 'テスト'}（エポック ${epoch}）`,
    best: '最良',
    checkpoint: (folder) => `保存しました: ${folder}`,
    runsHalved: (step, tokens) =>
      `メモリーが足りないため、ステップ ${step} を ${tokens} トークンずつに分けてやり直します。バッチの大きさは変わりません。`,
    precisionChosen: (precision, reason, failure) =>
      `${precision} で計算します。最初のマイクロバッチで、${
        {
          agrees: '半精度の結果は単精度と一致しました。',
          differs: '半精度の結果は単精度との差が許容範囲を超えました。',
          overflows: '半精度の結果は桁あふれしました。',
          fails: `半精度の計算に失敗しました: ${failure}`,
          notFinite: '単精度の結果が有限の数にならず、半精度と比べられませんでした。',
        }[reason]
      }`,
    lossScaleLow: (step) =>
      `ステップ ${step} までに、勾配が半精度の範囲を何度も超えました。損失が下がらなければ --precision fp32 で続けてください。`,
    checkpointSkipped: (folder, reason) => `${folder} は壊れているため使いません: ${reason}`,
    stopping: 'このステップを終えて保存します。すぐに終了するにはもう一度 Ctrl+C を押してください。',
    stopped: (step, folder, command) =>
      `ステップ ${step} で停止し、${folder} に保存しました。\n続きから再開するには: ${command}`,
    finished: (folder) => `完了: ${folder}`,
    sweepHeads: { runs: '回数', dev: 'dev', test: 'test', bestEpoch: '最良エポック', failed: '発散' },
    sweepWritten: (file) => `${file} と、同じ場所の sweep.json に書き出しました。曲線はダッシュボードで比べられます。`,
    sweepStopped: (done, total) => `${total} 回中 ${done} 回が終わりました。同じコマンドで続きから再開します。`,
    sweepRunFailed: 'この学習の損失が数値でなくなりました。残りの設定で続けます。',
    accuracy: '正解率',
    macroF1: 'マクロ F1',
    microF1: 'マイクロ F1',
    weightedF1: '加重 F1',
    samplesF1: '事例平均 F1',
    subsetAccuracy: '完全一致率',
    calibrationError: '較正誤差',
    brier: 'ブライアスコア',
    temperature: '温度',
    mse: '平均二乗誤差',
    mae: '平均絶対誤差',
    r2: '決定係数 R²',
    pearson: 'ピアソン相関',
    spearman: 'スピアマン相関',
    averages: { macro: '（マクロ）', micro: '（マイクロ）', weighted: '（加重）' },
    intervals: (resamples) => `かっこ内: ブートストラップによる 95 % 区間（再標本 ${resamples} 回）`,
    truth: '正解',
    predicted: '予測',
    furthest: '誤差の大きいもの',
    misread: (count) => `誤分類 ${count} 件（--out DIR で書き出せます）`,
    evaluationWritten: (folder) => `評価結果を書き込みました: ${folder}`,
    calibrated: (temperature, file) => `温度 ${temperature} を ${file} に書き込みました`,
    comparison: {
      first: '1 つ目',
      second: '2 つ目',
      difference: '差',
      interval: '95 %',
      note: (resamples) => `差の単位はポイント、区間はブートストラップ（再標本 ${resamples} 回）によります。`,
      mcnemar: ({ b, c, p, exact, statistic }) =>
        `マクネマー検定: 1 つ目だけが正解 ${b} 件、2 つ目だけが正解 ${c} 件、p = ${p}（${exact ? '正確検定' : `連続性補正つきカイ二乗 ${statistic}`}）`,
    },
    agreement: '教師との一致',
    perplexity: 'パープレキシティ',
    loss: '損失',
    class: 'クラス',
    precision: '適合率',
    recall: '再現率',
    f1: 'F1',
    support: '件数',
    confusion: '混同行列（行: 正解、列: 予測）',
    confusedPairs: '多い取り違え（正解 → 予測）',
    jobPhase: {
      reading: '読み込み中',
      loading: 'モデルを読み込み中',
      timing: '速度を計測中',
      classifying: '分類中',
      explaining: '説明を計算中',
      resampling: '再標本抽出中',
      downloading: 'ダウンロード中',
      copying: 'コピー中',
      building: '作成中',
      deduplicating: '重複を除去中',
      verifying: '検証中',
      extracting: '抽出中',
      measuring: '計測中',
      uploading: 'アップロード中',
      predicting: '教師の予測を計算中',
      tokenizing: 'トークン化中',
      choosingDevice: 'デバイスの速度を測定中',
      teaching: '教師に問い合わせ中',
    },
    documentsRead: (count) => `${count} 文書`,
    classified: (lines, file) => `${lines} 行を分類しました: ${file}`,
    unsure: '保留',
    explanation: {
      difference: (label, logOdds, baseline) =>
        `「${label}」の対数オッズは ${logOdds}、全単語を隠すと ${baseline} です。各単語の寄与:`,
      more: (count) => `ほかに ${count} 語あります（--json ですべて表示）`,
      sum: (sum, difference) => `合計 ${sum}（差は ${difference}）`,
      moreSteps: '差との隔たりが 5 % を超えています。--steps を増やすと近づきます。',
      unread: (count) => `文章が長いため ${count} 語は読まれていません。--long-texts windows ですべて読みます。`,
      none: '文章にトークンがないため、説明するものがありません。',
      page: {
        language: 'ja',
        title: '各単語の寄与',
        word: '単語',
        adds: (label) => `「${label}」の対数オッズへの寄与`,
        more: (count) => `ほかに ${count} 語`,
      },
    },
    modelWritten: (folder) => `モデルを書き込みました: ${folder}`,
    deviceInstalled: ({ folder, fetched }) =>
      `${fetched ? 'CUDA のファイルをインストールしました' : 'CUDA のファイルは既にあります'}: ${folder}\nNVIDIA のドライバーと、LD_LIBRARY_PATH にある CUDA 12 と cuDNN 9 のライブラリーが必要です。使えるかどうかは "devices" で確認できます。`,
    exported: {
      precision: '精度',
      size: '大きさ',
      sentence: '1 文',
      agreement: 'fp32 と一致',
      noDev: 'スコアは測っていません。--dev FILE を指定すると測ります。',
    },
    exportTiming: (pieces, device) => `1 文は ${pieces} ピース、準備後の 30 回の中央値、${device}。`,
    exportDev: (examples, file) => `スコアは ${file} の ${examples} 例によるものです。`,
    uploadTo: ({ url, exists, private: isPrivate, license }) =>
      `${exists ? '' : '新しいリポジトリ '}${url}（${isPrivate ? '非公開' : '公開'}、ライセンス ${license}）へ:`,
    uploaded: (url) => `モデルをアップロードしました: ${url}`,
    estimate: {
      parameters: '学習する重み',
      teacherParameters: '教師モデルの重み',
      sequences: '系列',
      tokensPerEpoch: '1 エポックのトークン',
      totalSteps: 'ステップ',
      secondsPerStep: '1 ステップの時間',
      tokensPerSecond: '1 秒あたりのトークン',
      time: '全体の時間',
      memory: '必要なメモリ',
      weights: '　重み',
      gradients: '　勾配',
      moments: '　AdamW のモーメント',
      teacherMemory: '　教師',
      rest: '　活性とプログラム',
      flops: '1 ステップの演算（GFLOP）',
      disk: '実行に必要なディスク',
      teacherCache: '　教師の予測',
      available: '空きメモリ',
      device: 'デバイス',
      extrapolated: 'テキストの先頭だけを読み、系列・トークン・ステップの数はそこから推定しました。',
    },
    bug: 'プログラム自体の不具合です。上の表示を添えてご報告ください。',
    demo: {
      distilling: '1. 小さな生徒モデルが、日本語版ウィキペディアの文章を使って教師モデルから学びます。',
      finetuning: '2. 生徒モデルが、livedoor ニュースの 9 種類の記事を見分けることを学びます。',
      already: 'この段階は前回完了しているので、その結果を使います。',
      goingOn: '中断した学習を続きから再開します。',
      majority: (part) => `常に最も多いクラスと答えた場合の正解率は ${part} です。`,
      sentences: '3. 初めて見る文の分類',
      models: ({ student, classifier }) => `蒸留した生徒モデル: ${student}\n分類モデル:         ${classifier}`,
      open: (folder) =>
        `VS Code で使うには、${folder} を開き、設定 "distilbertStudio.classifier" に分類モデルのフォルダーを指定してから、文章を選択して右クリックし「選択範囲を分類」を選んでください。`,
      again: '最初からやり直すには: npm start -- --fresh',
    },
  },
};
