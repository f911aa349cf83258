/** One variant with one seed: distilled and fine-tuned by the real code in ordinary run folders, then scored. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { removeFolder } from '../../../trainer-core/checkpoint/atomicWrite.js';
import { readJsonObject } from '../../../trainer-core/checkpoint/json.js';
import { openRun } from '../../../trainer-core/checkpoint/runFolder.js';
import { distillConfig } from '../../../trainer-core/protocol/distillConfig.js';
import type { RunEvent } from '../../../trainer-core/protocol/events.js';
import { finetuneConfig } from '../../../trainer-core/protocol/finetuneConfig.js';
import type { ClassificationReport } from '../../../trainer-core/protocol/report.js';
import { runDistill } from '../../../trainer-core/training/distill.js';
import { evaluate } from '../../../trainer-core/training/evaluate.js';
import { runFinetune } from '../../../trainer-core/training/finetune.js';
import type { RunOptions } from '../../../trainer-core/training/runStart.js';
import type { HeldOut } from './heldOut.js';
import { isScored, type Result, resultIn, writeResult } from './result.js';
import type { SampleFiles } from './sample.js';
import { settingsOf, type Variant } from './variants.js';

export interface Budget {
  /** Passes over the text to distil on. */
  epochs: number;
}

/** Not compared here: what suits models of hidden 128, found on the development articles (docs/experiments.md). */
const FINETUNE = {
  maxSeqLength: 64,
  batchSize: 16,
  learningRate: 1e-3,
  warmupProportion: 0.1,
  numEpochs: 4,
  dropout: 0.1,
};
/** Rare enough to cost nothing, often enough to lose little. */
const CHECKPOINTS = { checkpointSteps: 50, keepCheckpoints: 1, tensorboard: 'off' } as const;

type Student = { model: string } & Omit<Result, 'wanted' | 'scores'>;

export class OneRun {
  /** Null where the teacher takes the student's place. */
  readonly wanted: { distill: object | null; finetune: object };
  readonly #name: string;

  constructor(
    variant: Variant,
    readonly seed: number,
    { epochs }: Budget,
    private readonly out: string,
  ) {
    const numEpochs = epochs * (variant.budget ?? 1);
    const settings = settingsOf(variant.name);
    this.wanted = { distill: settings && { ...settings, numEpochs, seed }, finetune: { ...FINETUNE, seed } };
    this.#name = `${variant.name}-seed-${seed}`;
  }

  /** The result, where the run is finished. */
  async result(): Promise<Result | null> {
    const result = await resultIn(this.#resultFile, this.wanted);
    return result && isScored(result) ? result : null;
  }

  /** Does what is not done yet, and keeps the result. Null when it was stopped. */
  async run(files: SampleFiles, heldOut: HeldOut, signal: AbortSignal): Promise<Result | null> {
    const student = await this.#student(files, signal);
    if (student === null) return null;
    const { model, ...read } = student;
    const before = await resultIn(this.#resultFile, this.wanted);
    const scores = await heldOut.score(model);
    const classifier = join(this.out, 'finetune', this.#name);
    const paths = { model, train: files.train, dev: files.dev };
    const finetuning = finetuneConfig.parse({
      ...this.wanted.finetune,
      ...paths,
      ...CHECKPOINTS,
      checkpointSteps: null,
    });
    await upToEnd(classifier, finetuning, signal, (options) => runFinetune(finetuning, options));
    if (signal.aborted) return null;
    const { maxSeqLength } = FINETUNE;
    const { report } = await evaluate({ model: join(classifier, 'final'), data: files.test, maxSeqLength });
    const { macroF1 } = report as ClassificationReport;
    const times = before && { seconds: before.seconds, cpuSeconds: before.cpuSeconds };
    const result: Result = { wanted: this.wanted, scores: { ...scores, macroF1 }, ...read, ...times };
    await writeResult(this.#resultFile, result);
    // The runs stay as they are but for what only going on with them would need.
    for (const kind of ['distill', 'finetune']) await removeFolder(join(this.out, kind, this.#name, 'checkpoints'));
    return result;
  }

  /** The folder of the distilled student, and how long it took; null when it was stopped. */
  async #student({ teacher, text }: SampleFiles, signal: AbortSignal): Promise<Student | null> {
    if (this.wanted.distill === null) return { model: teacher, steps: 0, tokens: 0, seconds: null, cpuSeconds: null };
    const folder = join(this.out, 'distill', this.#name);
    const config = distillConfig.parse({ ...this.wanted.distill, teacher, corpus: [text], ...CHECKPOINTS });
    const start = process.cpuUsage();
    const began = await upToEnd(folder, config, signal, (options) => runDistill(config, options));
    if (signal.aborted) return null;
    const { user, system } = process.cpuUsage(start);
    const { seconds, ...read } = await metricsOf(folder);
    const times = { seconds, cpuSeconds: (user + system) / 1e6 };
    return {
      model: join(folder, 'final'),
      ...read,
      ...(began === 'new' ? times : { seconds: null, cpuSeconds: null }),
    };
  }

  get #resultFile(): string {
    return join(this.out, 'results', `${this.#name}.json`);
  }
}

/** Begins the run in `folder`, goes on with it, or leaves it as it is when it is finished; one of other settings is replaced. */
async function upToEnd(
  folder: string,
  config: object,
  signal: AbortSignal,
  train: (options: RunOptions) => Promise<void>,
): Promise<'finished' | 'resumed' | 'new'> {
  const before = await readJsonObject(join(folder, 'config.json')).catch(() => null);
  const same = isDeepStrictEqual(before, JSON.parse(JSON.stringify(config)));
  if (same && existsSync(join(folder, 'final', 'config.json'))) return 'finished';
  const resume = same && existsSync(join(folder, 'state.json'));
  await train({ out: folder, resume, fresh: !resume, signal, onEvent: () => {} });
  return resume ? 'resumed' : 'new';
}

/** What a run's own metrics say of its length. */
async function metricsOf(folder: string): Promise<{ steps: number; tokens: number; seconds: number }> {
  const records = (await (await openRun(folder)).readMetrics()) as unknown as RunEvent[];
  const steps = records.flatMap((record) => (record.type === 'step' ? [record] : []));
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    steps: steps.at(-1)?.globalStep ?? 0,
    tokens: Math.round(sum(steps.map(({ tokensPerSecond, seconds = 0 }) => tokensPerSecond * seconds))),
    seconds: sum(steps.map(({ seconds = 0 }) => seconds)),
  };
}
