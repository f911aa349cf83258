/** Runs that look like real ones, made from formulas: what the extension would send about them. */

/** Noise from -1 to 1, the same for the same step. */
const noise = (step, salt) => {
  const wave = Math.sin(step * 12.9898 + salt * 78.233) * 43758.5453;
  return 2 * (wave - Math.floor(wave)) - 1;
};

/** A step event of a distillation with five losses. */
export function distillationStep(globalStep, totalSteps, salt = 0) {
  const falling = (from, to, speed) =>
    to + (from - to) * Math.exp((-speed * globalStep) / totalSteps) * (1 + 0.12 * noise(globalStep, salt + from));
  const ce = falling(6.2, 1.1 + salt / 10, 5);
  const mlm = falling(10.3, 2.6 + salt / 8, 6);
  const mse = falling(3.1, 0.9, 3);
  const cos = falling(0.95, 0.12, 4);
  return {
    type: 'step',
    globalStep,
    totalSteps,
    epoch: (3 * globalStep) / totalSteps,
    losses: { total: 5 * ce + 2 * mlm + cos, ce, mlm, mse, cos },
    learningRate: 5e-4 * Math.min(1, globalStep / (0.05 * totalSteps)) * (1 - globalStep / totalSteps),
    gradNorm: 2,
    tokensPerSecond: 3100 + 180 * noise(globalStep, 7 + salt),
    secondsLeft: (totalSteps - globalStep) * 0.9,
    memoryBytes: 2.4e9 + 3e7 * noise(Math.floor(globalStep / 500), 3),
    time: 1_760_000_000_000 + globalStep * 900,
  };
}

/** The same on a graphics card that tells how busy it is. */
export function onCard(event) {
  const { globalStep } = event;
  const device = {
    memoryUsedBytes: 9.4e9 + 2e8 * noise(Math.floor(globalStep / 200), 11),
    memoryTotalBytes: 12.88e9,
    utilization: Math.min(1, 0.93 + 0.08 * noise(globalStep, 12)),
  };
  return { ...event, device };
}

/** Lines of metrics of steps `from` to `to`, each event changed by `change`. */
export function distillationLines(from, to, totalSteps, salt = 0, change = (event) => event) {
  let lines = '';
  for (let step = from; step <= to; step++)
    lines += `${JSON.stringify(change(distillationStep(step, totalSteps, salt)))}\n`;
  return lines;
}

const LABELS = [
  'dokujo-tsushin',
  'it-life-hack',
  'kaden-channel',
  'livedoor-homme',
  'movie-enter',
  'peachy',
  'smax',
  'sports-watch',
  'topic-news',
];

/** Surer than it is right, as classifiers are. */
const BINS = Array.from({ length: 15 }, (_, at) => {
  const count = at < 4 ? 0 : at * at;
  const confidence = (at + 0.6) / 15;
  return {
    from: at / 15,
    to: (at + 1) / 15,
    count,
    confidence: count ? confidence : 0,
    accuracy: count ? confidence * 0.86 : 0,
  };
});

/** A fine-tuning of three epochs on nine classes with `misread` misread examples in each evaluation. */
export function finetuneLines(misread = 137, older = false) {
  const events = [];
  for (let step = 1; step <= 120; step++) {
    const total = 2.2 * Math.exp(-step / 35) * (1 + 0.2 * noise(step, 1)) + 0.18;
    events.push({ ...distillationStep(step, 120), losses: { total }, epoch: step / 40, tokensPerSecond: 5200 });
    if (step % 40 === 0) events.push(evaluated('dev', step, misread, step === 80));
  }
  events.push(evaluated('test', 120, misread, false));
  // Before version 0.2 there were fewer figures.
  if (older) for (const { report } of events) for (const key of NEWER) delete report?.[key];
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}

const NEWER = ['problemType', 'examples', 'averages', 'calibration', 'intervals', 'misreadCount'];

function evaluated(split, globalStep, misread, best) {
  const right = 6 + globalStep / 10;
  const confusion = LABELS.map((_, truth) =>
    LABELS.map((__, guess) =>
      truth === guess ? Math.round(right) : Math.max(0, Math.round(3 * noise(truth * 9 + guess, globalStep) - 1)),
    ),
  );
  const sum = (counts) => counts.reduce((all, count) => all + count, 0);
  const classes = LABELS.map((label, at) => {
    const support = sum(confusion[at]);
    const precision = confusion[at][at] / sum(confusion.map((row) => row[at]));
    const recall = confusion[at][at] / support;
    return { label, precision, recall, f1: (2 * precision * recall) / (precision + recall), support };
  });
  const macroF1 = sum(classes.map(({ f1 }) => f1)) / classes.length;
  const accuracy = sum(confusion.map((row, at) => row[at])) / sum(confusion.map(sum));
  const loss = 1.9 - globalStep / 110;
  const mean = (score) => sum(classes.map((each) => each[score])) / classes.length;
  const texts = [
    '九回裏に逆転ホームランが飛び出し、球場は歓喜に包まれた。',
    '新しいスマートフォンは電池が長持ちし、カメラの画質も大きく向上した。',
    '主演女優が舞台挨拶で撮影の裏話を語り、会場を沸かせた。映画は来月、全国の劇場で公開される予定で、前売り券の売れ行きも好調だという。',
  ];
  return {
    type: 'evaluated',
    globalStep,
    epoch: globalStep / 40,
    split,
    metrics: { accuracy, macroF1, loss },
    best,
    report: {
      problemType: 'single_label_classification',
      examples: sum(confusion.map(sum)),
      accuracy,
      macroF1,
      loss,
      averages: {
        macro: { precision: mean('precision'), recall: mean('recall'), f1: macroF1 },
        micro: { precision: accuracy, recall: accuracy, f1: accuracy },
        weighted: { precision: mean('precision') + 0.01, recall: accuracy, f1: macroF1 + 0.01 },
      },
      calibration: { ece: 0.083, brier: 0.41, bins: BINS },
      intervals: {
        resamples: 1000,
        seed: 0,
        intervals: Object.fromEntries(
          Object.entries({ accuracy, macroF1, weightedF1: macroF1 + 0.01, loss, brier: 0.41 }).map(([name, value]) => [
            name,
            [value - 0.06, value + 0.055],
          ]),
        ),
      },
      classes,
      confusion,
      misreadCount: Math.max(misread, 212),
      misread: Array.from({ length: misread }, (_, at) => ({
        line: 3 * at + 2,
        text: texts[at % texts.length],
        label: LABELS[at % 9],
        predicted: LABELS[(at * 5 + 4) % 9],
        score: 0.35 + 0.6 * Math.abs(noise(at, 5)),
      })),
    },
  };
}

/** A run for the list. */
export function summary(name, fields) {
  return {
    folder: `/work/runs/${name}`,
    name,
    objective: 'distill',
    status: 'running',
    globalStep: 2400,
    totalSteps: 4000,
    loss: 14.31,
    best: null,
    learningRate: 2.1e-4,
    tokensPerSecond: 3120,
    secondsLeft: 1440,
    memoryBytes: 2.41e9,
    device: { name: 'cpu', description: 'A processor, 8 threads' },
    deviceUsage: null,
    updatedMs: 1_760_002_160_000,
    error: null,
    errorCode: null,
    ...fields,
  };
}

/** Settings of a distillation. */
export const DISTILLATION = {
  teacher: '/home/user/models/bert-base-japanese',
  student: { layers: 6, hidden: null, heads: null, ffn: null },
  corpus: ['/home/user/wiki/wiki.txt.gz'],
  maxSeqLength: 128,
  alphaCe: 5,
  alphaMlm: 2,
  alphaCos: 1,
  temperature: 2,
  batchSize: 16,
  gradientAccumulationSteps: 2,
  learningRate: 5e-4,
  numEpochs: 3,
  seed: 56,
  device: 'auto',
};

/** Settings of a fine-tuning. */
export const FINE_TUNING = {
  model: '/work/runs/wiki/final',
  train: '/work/data/train.tsv',
  dev: '/work/data/dev.tsv',
  test: '/work/data/test.tsv',
  maxSeqLength: 128,
  batchSize: 32,
  learningRate: 3e-4,
  numEpochs: 3,
  seed: 56,
};
