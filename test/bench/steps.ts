/** The benchmarks of fine-tuning and inference: a step at a fixed shape, timed phase by phase. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { classificationFeeds, classificationGraph } from '../../trainer-core/classify/classificationGraph.js';
import { padBatch } from '../../trainer-core/corpus/batches.js';
import { Random } from '../../trainer-core/corpus/random.js';
import { type SequenceStore, SequenceStoreBuilder } from '../../trainer-core/corpus/sequenceStore.js';
import { folderWeights, heldWeights } from '../../trainer-core/hub/initializers.js';
import type { ModelConfig } from '../../trainer-core/models/config.js';
import { parameterShapes } from '../../trainer-core/models/parameters.js';
import { finetuneConfig } from '../../trainer-core/protocol/finetuneConfig.js';
import { cpuDevice, type Device } from '../../trainer-core/runtime/devices.js';
import { float16Lowering } from '../../trainer-core/runtime/float16.js';
import { Program } from '../../trainer-core/runtime/program.js';
import { finetuneTask } from '../../trainer-core/training/finetuneTask.js';
import type { Task } from '../../trainer-core/training/task.js';
import { type Head, randomWeights } from './randomWeights.js';

export const MODES = ['finetune', 'distill', 'infer', 'teacher'] as const;

export interface BenchOptions {
  mode: (typeof MODES)[number];
  batch: number;
  seq: number;
  steps: number;
  warmup: number;
  layers: number;
  teacherLayers: number;
  hidden: number;
  heads: number;
  ffn: number;
  vocab: number;
  threads?: number;
}

/** Seconds of each phase of a step. */
type Phases = Record<string, number>;

/** Runs a benchmark and gives its figures. */
export async function benchmark(options: BenchOptions): Promise<Record<string, unknown>> {
  const threads = options.threads ?? availableParallelism();
  const { step, end } = await (options.mode === 'infer' ? inference(options, threads) : training(options, threads));
  const walls: number[] = [];
  const cpus: number[] = [];
  const phases: Phases[] = [];
  for (let i = 0; i < options.warmup + options.steps; i++) {
    const cpu = process.cpuUsage();
    const start = performance.now();
    const phase = await step();
    const wall = (performance.now() - start) / 1000;
    if (i < options.warmup) continue;
    const used = process.cpuUsage(cpu);
    walls.push(wall);
    cpus.push((used.user + used.system) / 1e6);
    phases.push(phase);
  }
  await end();
  const { mode, batch, seq, layers, hidden, vocab } = options;
  return {
    mode,
    impl: 'distilbert-studio',
    threads,
    layers,
    hidden,
    vocab,
    batch,
    seq,
    n: walls.length,
    median_s: round(median(walls)),
    min_s: round(Math.min(...walls)),
    max_s: round(Math.max(...walls)),
    cpu_s_median: round(median(cpus)),
    seqs_per_s: round(batch / median(walls)),
    phases_median: Object.fromEntries(
      Object.keys(phases[0] ?? {}).map((name) => [name, round(median(phases.map((phase) => phase[name] as number)))]),
    ),
    peak_rss_MiB: round(process.resourceUsage().maxRSS / 1024),
  };
}

export function config(options: BenchOptions, modelType: ModelConfig['modelType']): ModelConfig {
  return {
    modelType,
    vocabSize: options.vocab,
    hiddenSize: options.hidden,
    layers: modelType === 'bert' ? options.teacherLayers : options.layers,
    heads: options.heads,
    intermediateSize: options.ffn,
    maxPositions: 512,
    typeVocabSize: modelType === 'bert' ? 2 : 0,
    layerNormEpsilon: 1e-12,
    hiddenDropout: 0.1,
    attentionDropout: 0.1,
    classifierDropout: 0.2,
    initializerRange: 0.02,
    sinusoidalPositions: false,
    padTokenId: 0,
    labels: modelType === 'distilbert' ? Array.from({ length: 9 }, (_, i) => `${i}`) : [],
    temperature: 1,
    problemType: 'single_label_classification',
  };
}

const WEIGHTS_FILE = fileURLToPath(new URL('./weightsFile.js', import.meta.url));
const random = Random.fromSeed(0);

/** Sequences of random ids, [CLS] … [SEP], all of one length. */
export function sequences({ batch, seq, vocab }: BenchOptions): SequenceStore {
  const builder = new SequenceStoreBuilder(vocab);
  for (let b = 0; b < batch; b++) {
    const ids = Array.from({ length: seq }, (_, i) => (i === 0 ? 2 : i === seq - 1 ? 3 : 5 + random.below(vocab - 5)));
    builder.add(
      ids,
      ids.map(() => 1),
    );
  }
  return builder.build();
}

async function training(options: BenchOptions, threads: number) {
  const task = await finetuning(options, cpuDevice(threads));
  const examples = Uint32Array.from({ length: options.batch }, (_, i) => i);
  let steps = 0;
  const step = async (): Promise<Phases> => {
    const phase: Phases = {};
    let since = performance.now();
    const mark = (name: string) => {
      const now = performance.now();
      phase[name] = (phase[name] ?? 0) + (now - since) / 1000;
      since = now;
    };
    const stream = random.fork(steps++);
    const work = task.prepare([{ examples, random: stream, epoch: 0 }], 0);
    mark('batch');
    for await (const run of work.runs) await task.step.accumulate(run, 1, stream.uint32());
    mark('forward_backward');
    await task.step.update(2e-5);
    mark('clip_adamw');
    return phase;
  };
  return { step, end: () => task.dispose() };
}

/** A temporary folder, gone with the process, with random weights in `model.safetensors`, made elsewhere so as not to count here. */
export function weightsFile(head: Head, model: ModelConfig): string {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true }));
  execFileSync(process.execPath, [WEIGHTS_FILE, folder, head, JSON.stringify(model)], { stdio: 'inherit' });
  return folder;
}

/** Fine-tuning on random sequences, all of one length. */
export async function finetuning(options: BenchOptions, device: Device): Promise<Task> {
  const model = config(options, 'distilbert');
  const settings = { model: '-', train: '-', dev: '-', batchSize: options.batch, maxSeqLength: options.seq };
  const base = sequences(options);
  const textOf = Uint32Array.from({ length: base.length }, (_, i) => i);
  const wholeLengths = Uint32Array.from(base.lengths);
  const store = { ...base, textOf, wholeLengths, secondStart: (i: number) => base.lengths[i]! };
  const examples = Array.from({ length: options.batch }, (_, i) => {
    return { file: '-', line: i + 1, text: '', second: null, label: i % 9 };
  });
  const learn = { examples, store };
  return await finetuneTask({
    config: finetuneConfig.parse(settings),
    model,
    weights: randomWeights('classification', model),
    vocabFile: '-',
    padId: 0,
    learn,
    teacherLogits: null,
    dev: learn,
    test: null,
    device,
  });
}

async function inference(options: BenchOptions, threads: number) {
  const { program, feeds } = await classification(options, cpuDevice(threads));
  return {
    step: async (): Promise<Phases> => {
      await program.run(feeds);
      return {};
    },
    end: () => program.dispose(),
  };
}

/** Classification of random sequences as `Classifier` loads it: with the weights mapped from a file, or halved. */
export async function classification(options: BenchOptions, device: Device, precision: 'fp32' | 'fp16' = 'fp32') {
  const model = config(options, 'distilbert');
  const { graph, logits } = classificationGraph(model, false);
  graph.output('logits', logits);
  const half = precision === 'fp16';
  const load = half ? heldWeights : folderWeights;
  const weights = await load(weightsFile('classification', model), parameterShapes(graph));
  const program = await Program.compile(graph, {
    device,
    ...weights,
    ...(half ? { lowering: float16Lowering() } : {}),
  });
  const batch = padBatch(
    sequences(options),
    Uint32Array.from({ length: options.batch }, (_, i) => i),
    0,
  );
  return { program, feeds: classificationFeeds(batch) };
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

export function round(x: number): number {
  return Number(x.toPrecision(5));
}
