/** Runs in this process on a GPU in software and on the CPU, with models that one step takes half a second of there. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { candidates, thisMachine } from '../../trainer-core/devices/machine.js';
import { remember } from '../../trainer-core/devices/remembered.js';
import { saveModel } from '../../trainer-core/hub/modelFiles.js';
import { distillConfig } from '../../trainer-core/protocol/distillConfig.js';
import type { RunEvent } from '../../trainer-core/protocol/events.js';
import { finetuneConfig } from '../../trainer-core/protocol/finetuneConfig.js';
import { parseConfig } from '../../trainer-core/protocol/parseConfig.js';
import { runDistill } from '../../trainer-core/training/distill.js';
import { runFinetune } from '../../trainer-core/training/finetune.js';
import { randomWeights } from '../../trainer-core/training/languageModelSources.js';
import { LINES, tinyConfig, writeTsv } from './tinyModels.js';

const MEDIA = fileURLToPath(new URL('../../../media/', import.meta.url));
/** Pieces of the real vocabulary, the most frequent ones. */
const PIECES = 4000;

/** Lets `webgpu` be chosen without a try in a process of its own, which compiles anew what this process has compiled. */
export async function rememberGpu(cacheFolder: string): Promise<void> {
  process.env.XDG_CACHE_HOME = cacheFolder;
  const gpu = {
    name: 'webgpu',
    description: 'SwiftShader',
    software: true,
    fp16: false,
    fault: null,
    measured: null,
  } as const;
  await remember(candidates(thisMachine()).key, [gpu]);
}

/** A BERT of hidden size 16. */
async function writeModel(folder: string): Promise<string> {
  const vocabFile = `${folder}.vocab.txt`;
  const pieces = readFileSync(join(MEDIA, 'vocab/vocab.txt'), 'utf8').split('\n').slice(0, PIECES);
  writeFileSync(vocabFile, `${pieces.join('\n')}\n`);
  const config = tinyConfig('bert', { vocabSize: PIECES });
  await saveModel(folder, { config, weights: randomWeights(config, 7), vocabFile }, 'maskedLm');
  return folder;
}

/** A distillation on sentences of Wikipedia: 30 steps of four. */
export async function writeRealDistillation(folder: string): Promise<string> {
  const lines = gunzipSync(readFileSync(join(MEDIA, 'sample/wiki/wiki.txt.gz')))
    .toString()
    .split('\n');
  const corpus = join(folder, 'corpus.txt');
  writeFileSync(corpus, `${lines.slice(0, 130).join('\n')}\n`);
  const settings = { teacher: await writeModel(join(folder, 'teacher')), student: { layers: 1 }, corpus: [corpus] };
  const steps = { maxSeqLength: 24, batchSize: 4, gradientAccumulationSteps: 1, maxSteps: 30, logSteps: 1 };
  const file = join(folder, 'real.distill.json');
  writeFileSync(
    file,
    JSON.stringify({ ...settings, ...steps, corpusSettings: LINES, restrictCeToMask: true, learningRate: 1e-3 }),
  );
  return file;
}

/** A fine-tuning on labelled sentences: 20 steps of four, told of every seven, scored in between. */
export async function writeRealFinetuning(folder: string): Promise<string> {
  const settings = {
    model: await writeModel(join(folder, 'base')),
    train: writeTsv(join(folder, 'train.tsv'), 40, 1),
    dev: writeTsv(join(folder, 'dev.tsv'), 12, 2),
    test: writeTsv(join(folder, 'test.tsv'), 12, 3),
  };
  const steps = { maxSeqLength: 32, batchSize: 4, gradientAccumulationSteps: 1, numEpochs: 2, logSteps: 7 };
  const file = join(folder, 'real.finetune.json');
  writeFileSync(file, JSON.stringify({ ...settings, ...steps, learningRate: 1e-3 }));
  return file;
}

export interface InProcessRun {
  device: 'cpu' | 'webgpu';
  out: string;
  resume?: boolean;
  /** Asked to stop after this step. */
  stopAt?: number;
  onEvent?(event: RunEvent): void;
}

/** Runs a `.distill.json` or a `.finetune.json`; gives what it told. */
export async function runConfig(
  file: string,
  { device, out, resume, stopAt, onEvent }: InProcessRun,
): Promise<RunEvent[]> {
  const stop = new AbortController();
  const events: RunEvent[] = [];
  const options = {
    out,
    configFile: file,
    resume: resume ?? false,
    signal: stop.signal,
    onEvent(event: RunEvent) {
      events.push(event);
      onEvent?.(event);
      if (event.type === 'step' && event.globalStep === stopAt) stop.abort();
    },
  };
  const text = readFileSync(file, 'utf8');
  if (file.endsWith('.distill.json')) await runDistill({ ...parseConfig(distillConfig, text, file), device }, options);
  else await runFinetune({ ...parseConfig(finetuneConfig, text, file), device }, options);
  return events;
}
