/** The benchmark of distillation: optimiser steps of the published recipe on text of natural lengths. */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSafetensors } from '../../trainer-core/checkpoint/safetensors.js';
import { Random } from '../../trainer-core/corpus/random.js';
import { type SequenceStore, SequenceStoreBuilder } from '../../trainer-core/corpus/sequenceStore.js';
import type { ModelConfig } from '../../trainer-core/models/config.js';
import { distillConfig, type TeacherPrecision } from '../../trainer-core/protocol/distillConfig.js';
import { cpuDevice, type Device } from '../../trainer-core/runtime/devices.js';
import { fixedBatch } from '../../trainer-core/training/hiddenPieces.js';
import { languageModelTask } from '../../trainer-core/training/languageModelTask.js';
import type { Task } from '../../trainer-core/training/task.js';
import { type Teacher, teacherOf } from '../../trainer-core/training/teacher.js';
import type { TeacherCache } from '../../trainer-core/training/teacherCache.js';
import { decodeRecord, encodeRecord } from '../../trainer-core/training/topRecord.js';
import { type MicroBatch, readMicroBatches, writeMicroBatches } from './microBatches.js';
import { randomWeights } from './randomWeights.js';
import { type BenchOptions, config, median, round, weightsFile } from './steps.js';

const SAMPLE = fileURLToPath(new URL('../../../media/sample/wiki/wiki.txt.gz', import.meta.url));

export interface DistillationOptions extends BenchOptions {
  /** Micro-batches of an optimiser step. */
  accumulation: number;
  teacherPrecision: TeacherPrecision;
  /** A file of micro-batches; without one it is made. */
  microBatches?: string;
  /** Pieces a row of a teacher cache, which is read instead of running the teacher; what is in it is made up. */
  topK?: number;
}

/** Makes the micro-batches of a benchmark, in a temporary file that is gone with the process. */
export function microBatchesFile({ seq, batch, vocab, steps, warmup, accumulation }: DistillationOptions): string {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true }));
  const file = join(folder, 'microBatches.jsonl');
  const count = warmup + steps * accumulation;
  writeMicroBatches(file, { text: SAMPLE, maxLength: seq, batch, count, vocab });
  return file;
}

/** Runs the benchmark: one step of `warmup` micro-batches, then `steps` of `accumulation` each. */
export async function benchmarkDistillation(options: DistillationOptions): Promise<Record<string, unknown>> {
  const threads = options.threads ?? availableParallelism();
  const micro = readMicroBatches(options.microBatches ?? microBatchesFile(options));
  const task = await distillation(options, micro, cpuDevice(threads));
  const examples = starts(micro);
  const seconds: number[] = [];
  const cpuSeconds: number[] = [];
  const data: number[] = [];
  const update: number[] = [];
  let tokens = 0;
  const sizes = [options.warmup, ...new Array<number>(options.steps).fill(options.accumulation)];
  let at = 0;
  for (const [i, size] of sizes.entries()) {
    const [cpu, start] = [process.cpuUsage(), performance.now()];
    const step = await optimiserStep(task, examples.slice(at, at + size), i);
    at += size;
    if (i === 0) continue;
    const used = process.cpuUsage(cpu);
    seconds.push((performance.now() - start) / 1000);
    cpuSeconds.push((used.user + used.system) / 1e6);
    data.push(step.dataSeconds);
    update.push(step.updateSeconds);
    tokens += step.tokens;
  }
  await task.dispose();
  const sum = (xs: readonly number[]) => xs.reduce((a, b) => a + b, 0);
  return {
    mode: 'distill',
    impl: 'distilbert-studio',
    threads,
    steps: options.steps,
    accumulation: options.accumulation,
    teacher_precision: options.teacherPrecision,
    tokens,
    tokens_per_s: round(tokens / sum(seconds)),
    tokens_per_cpu_s: round(tokens / sum(cpuSeconds)),
    data_share: round(sum(data) / sum(seconds)),
    norm_and_adamw_s: round(median(update)),
    peak_rss_MiB: round(process.resourceUsage().maxRSS / 1024),
  };
}

/** The examples of each micro-batch by number. */
function starts(micro: readonly MicroBatch[]): Uint32Array[] {
  let next = 0;
  return micro.map((sequences) => Uint32Array.from(sequences, () => next++));
}

/** What the loop does in a step. `dataSeconds`: reading, masking and cutting until the feeds of all runs are there. */
async function optimiserStep(task: Task, examples: readonly Uint32Array[], step: number) {
  const random = Random.fromSeed(step);
  const dropout = random.fork('dropout');
  const start = performance.now();
  const { runs, tokens } = task.prepare(
    examples.map((each, i) => ({ examples: each, random: random.fork(i), epoch: 0 })),
    0,
  );
  const dataSeconds = (performance.now() - start) / 1000;
  for await (const run of runs) await task.step.accumulate(run, 1 / examples.length, dropout.uint32());
  const middle = performance.now();
  await task.step.update(2e-5);
  return { tokens, dataSeconds, updateSeconds: (performance.now() - middle) / 1000 };
}

/** Distillation of random weights on these micro-batches. */
export async function distillation(
  options: DistillationOptions,
  micro: readonly MicroBatch[],
  device: Device,
): Promise<Task> {
  const student = { ...config(options, 'distilbert'), labels: [] };
  const builder = new SequenceStoreBuilder(options.vocab);
  for (const ids of micro.flat()) {
    builder.add(
      ids,
      ids.map(() => 1),
    );
  }
  const settings = distillConfig.parse({
    teacher: '-',
    corpus: ['-'],
    batchSize: options.batch,
    gradientAccumulationSteps: options.accumulation,
  });
  const { topK } = options;
  const store = builder.build();
  return await languageModelTask({
    objective: 'distill',
    student: { config: student, weights: randomWeights('maskedLm', student), vocabFile: '-' },
    teacher: await randomTeacher(config(options, 'bert'), options.teacherPrecision),
    losses: topK
      ? { weights: { ce: 5, mlm: 2 }, temperature: 2, restrictCeToMask: false, topK }
      : { weights: { ce: 5, mlm: 2, cos: 1 }, temperature: 2, restrictCeToMask: false },
    corpus: {
      store,
      tokenCounts: new Float64Array(options.vocab).fill(1),
      part: 1,
      origin: null,
      close() {},
    },
    vocabulary: { padId: 0, unkId: 1, clsId: 2, sepId: 3, maskId: 4, size: options.vocab } as never,
    settings: { ...settings, maxSeqLength: options.seq, wholeWordMasking: false },
    device,
    cache: topK ? madeUpCache(store, options.vocab, topK) : null,
  });
}

/** Predictions of any pieces, all as probable, decoded from a record each time as a real cache's are. */
function madeUpCache(store: SequenceStore, vocab: number, k: number): TeacherCache {
  const layout = { k, idBytes: 2 } as const;
  const random = Random.fromSeed(1);
  const records = Array.from({ length: store.length }, (_, i) => {
    const rows = store.lengths[i]!;
    const pieces = Int32Array.from({ length: rows * k }, (_, j) =>
      Math.floor(((j % k) + random.float()) * (vocab / k)),
    );
    const logProbabilities = new Float32Array(rows * (k + 1)).fill(-Math.log(k + 1));
    return encodeRecord(layout, i, { pieces, logProbabilities }) as Uint8Array<ArrayBuffer>;
  });
  const drawn = { mlmMaskProp: 0.15, wordMask: 0.8, wordKeep: 0.1, wholeWordMasking: false };
  const masking = { ...drawn, maskId: 4, vocabularySize: vocab, weights: new Float64Array(vocab).fill(1) };
  const predictions = {
    k,
    of: (numbers: readonly number[]) => numbers.map((i) => decodeRecord(layout, i, records[i]!)!),
  };
  const batch = (sequences: Uint32Array) => fixedBatch(store, sequences, 0, masking, { seed: 0, mask: 0 });
  return { ofEpoch: () => ({ batch, predictions }), cost: null, async close() {} };
}

/** A teacher in a folder of its own, as a user's lies on disk. */
export async function randomTeacher(teacher: ModelConfig, precision: TeacherPrecision): Promise<Teacher> {
  const folder = weightsFile('maskedLm', teacher);
  const weights = await readSafetensors(
    join(folder, 'model.safetensors'),
    ({ name }) => precision !== 'fp32' || name.includes('word_embeddings') || name.startsWith('cls.predictions'),
  );
  return await teacherOf({ folder, config: teacher, weights }, precision);
}
