/** `demo`, the main job of `npm start`: distil, fine-tune, score and classify on the sample that comes with the project. */

import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { Classifier } from '../classify/classifier.js';
import { TERMINAL } from '../messages/terminal.js';
import { DEVICE_CHOICES } from '../protocol/devices.js';
import { distillConfig } from '../protocol/distillConfig.js';
import { finetuneConfig } from '../protocol/finetuneConfig.js';
import { checkConfig } from '../protocol/parseConfig.js';
import type { EvaluationReport } from '../protocol/report.js';
import { runDistill } from '../training/distill.js';
import { evaluate } from '../training/evaluate.js';
import { runFinetune } from '../training/finetune.js';
import type { RunOptions } from '../training/runStart.js';
import { type CommandContext, defineCommand } from './command.js';
import { loadConfig } from './configOptions.js';
import { percent } from './numbers.js';
import { sampleFolder, sampleTsvs } from './sampleData.js';
import { reportText } from './tables.js';
import { showTraining } from './training.js';
import { wrap } from './width.js';

/** Part of the time that goes into distilling; the rest is for fine-tuning. */
const DISTILL_PART = 0.6;

/** A small model learns faster with a higher rate than BERT-base does. */
const FINETUNE = { batchSize: 16, learningRate: 1e-3, warmupProportion: 0.1, numEpochs: 10, dropout: 0.3 };

/** Made up for this purpose: none of them stands in any corpus. */
const SENTENCES = [
  'あの監督の新作映画がついに公開され、主演俳優が舞台挨拶で撮影の裏話を語った。',
  '新しいスマートフォンはバッテリーが長持ちし、アプリの動作も速くなった。',
  '九回裏に逆転ホームランが飛び出し、チームは連敗を止めた。',
];

/** Distils and fine-tunes within `--minutes`; what was done before is kept and gone on with, unless `--fresh` is given. */
export const demo = defineCommand({
  usage: '[--fresh] [--device NAME] [--minutes N]',
  options: {
    fresh: { type: 'boolean', meaning: 'Start anew instead of going on with what was done before.' },
    device: { type: 'string', choices: DEVICE_CHOICES, meaning: 'Where to compute.', default: 'auto' },
    minutes: { type: 'number', value: 'N', meaning: 'Time for training, in minutes.', default: '4' },
    out: { type: 'string', value: 'DIR', meaning: 'Folder for what is made.', default: 'runs/demo' },
  },
  async run(context, { fresh = false, device = 'auto', minutes = 4, out = 'runs/demo' }) {
    const { stdout, json, language, signal } = context;
    const words = TERMINAL[language].demo;
    const say = (text: string) => {
      if (!json) stdout.write(`${text}\n`);
    };
    const student = join(out, 'distill', 'final');
    const classifier = join(out, 'finetune', 'final');
    const tsv = await writeTsvs(join(out, 'data'));
    // Checked first, so that a wrong flag is told before the work begins.
    const finetuning = checkConfig(
      finetuneConfig,
      {
        ...FINETUNE,
        ...{ model: resolve(student), train: tsv.train, dev: tsv.dev, device },
        maxMinutes: minutes * (1 - DISTILL_PART),
      },
      () => ({ file: '--minutes', line: null }),
    );

    say(words.distilling);
    const distilling = await loadConfig(
      distillConfig,
      join(sampleFolder(), 'sample.distill.json'),
      [
        { path: ['device'], value: device },
        { path: ['maxMinutes'], value: minutes * DISTILL_PART },
      ],
      'demo',
    );
    const distilled = await part(context, join(out, 'distill'), fresh, (options) => runDistill(distilling, options));
    if (distilled.stopped) return false;

    say(`\n${words.finetuning}`);
    // A classifier of an older student would not show what the new student can do.
    const finetuned = await part(context, join(out, 'finetune'), fresh || !distilled.already, (options) =>
      runFinetune(finetuning, options),
    );
    if (finetuned.stopped) return false;

    const { maxSeqLength, batchSize } = finetuning;
    const { report } = await evaluate({ model: classifier, data: tsv.test, maxSeqLength, batchSize, device, signal });
    if (json) stdout.write(`${JSON.stringify({ type: 'report', report })}\n`);
    say(`\n${reportText(report, language)}${words.majority(percent(majority(report)))}`);

    say(`\n${words.sentences}`);
    const model = await Classifier.load(classifier, { device });
    const answers = await model.classify(SENTENCES);
    answers.forEach(({ label, score }, i) => {
      if (json) stdout.write(`${JSON.stringify({ type: 'classified', text: SENTENCES[i], label, score })}\n`);
      say([...wrap(SENTENCES[i] ?? '', 78), `→ ${label} ${percent(score)}`].map((line) => `  ${line}`).join('\n'));
    });

    say(`\n${words.models({ student: relative('.', student), classifier: relative('.', classifier) })}`);
    say(wrap(words.open(resolve('.')), 80).join('\n'));
    say(words.again);
    return true;
  },
});

/** One of the two trainings: finished before, gone on with, or begun. */
async function part(
  context: CommandContext,
  out: string,
  fresh: boolean,
  train: (options: RunOptions) => Promise<unknown>,
): Promise<{ stopped: boolean; already: boolean }> {
  const words = TERMINAL[context.language].demo;
  const say = (text: string) => context.json || context.stdout.write(`${text}\n`);
  if (!fresh && existsSync(join(out, 'final', 'config.json'))) {
    say(words.already);
    return { stopped: false, already: true };
  }
  const resume = !fresh && existsSync(join(out, 'state.json'));
  if (resume) say(words.goingOn);
  const { stopped } = await showTraining(context, 'npm start', (options) => train({ out, resume, fresh, ...options }));
  return { stopped, already: false };
}

/** Made anew each time: they are quick to make, and a run that was stopped may have left half of one. */
async function writeTsvs(folder: string): Promise<Record<'train' | 'dev' | 'test', string>> {
  await mkdir(folder, { recursive: true });
  const file = (split: string) => resolve(folder, `${split}.tsv`);
  for (const [split, text] of Object.entries(sampleTsvs())) await writeFile(file(split), text);
  return { train: file('train'), dev: file('dev'), test: file('test') };
}

/** The accuracy of always giving the most frequent class. */
function majority(report: EvaluationReport): number {
  const counts = 'classes' in report ? report.classes.map(({ support }) => support) : [];
  return Math.max(...counts) / counts.reduce((sum, count) => sum + count, 0);
}
