/** Worker threads that make sequences of chunks. They share one dictionary, and are started as they are needed. */
import { type ResourceLimits, Worker } from 'node:worker_threads';
import type { InputChunk } from '../documents/inputs.js';
import type { CorpusSettings } from '../protocol/corpusSettings.js';
import { type ErrorCode, type ErrorData, TrainerError } from '../protocol/errors.js';
import type { SharedTokenizer } from '../tokenizer/tokenizer.js';
import type { BuiltChunk } from './chunkBuilder.js';

/** What every worker is given. */
export interface WorkerSetup {
  tokenizer: SharedTokenizer;
  settings: CorpusSettings;
  maxSeqLength: number;
}

/** What a worker answers to a chunk. */
export type WorkerAnswer = { built: BuiltChunk } | { code: ErrorCode; data: ErrorData[ErrorCode] };

/** What a worker makes lives shortly: more room for it would only let many workers hold more before they clear it away. */
const LIMITS: ResourceLimits = { maxYoungGenerationSizeMb: 8 };

interface Task {
  chunk: InputChunk;
  resolve(built: BuiltChunk): void;
  reject(error: unknown): void;
}

export class WorkerPool {
  /** Each worker and the task it is at. */
  private readonly workers = new Map<Worker, Task | null>();
  private readonly waiting: Task[] = [];
  /** Why no more work is done. */
  private ended: { error: unknown } | null = null;

  /** @param size most threads. @param limits tests have workers that run out of memory. */
  constructor(
    private readonly size: number,
    private readonly setup: WorkerSetup,
    private readonly limits: ResourceLimits = LIMITS,
  ) {}

  /** What becomes of a chunk; its bytes are given away. Throws what the worker throws, `workerStopped`, and what `close` was given. */
  build(chunk: InputChunk): Promise<BuiltChunk> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ chunk, resolve, reject });
      this.next();
    });
  }

  /** Stops all threads; what they were at fails with `error`. */
  async close(error: unknown = new Error('the workers are closed')): Promise<void> {
    this.fail(error);
    await Promise.all(Array.from(this.workers.keys(), (worker) => worker.terminate()));
  }

  private next(): void {
    if (this.ended) this.fail(this.ended.error);
    while (this.waiting.length > 0) {
      const worker = this.idle() ?? this.start();
      if (!worker) return;
      const task = this.waiting.shift()!;
      this.workers.set(worker, task);
      post(worker, task.chunk);
    }
  }

  private idle(): Worker | undefined {
    for (const [worker, task] of this.workers) if (task === null) return worker;
    return undefined;
  }

  private start(): Worker | undefined {
    if (this.workers.size >= this.size) return undefined;
    const worker = new Worker(new URL('./corpusWorker.js', import.meta.url), {
      workerData: this.setup,
      resourceLimits: this.limits,
    });
    this.workers.set(worker, null);
    worker.on('message', (answer: WorkerAnswer) => {
      const task = this.workers.get(worker);
      this.workers.set(worker, null);
      if ('built' in answer) task?.resolve(answer.built);
      else task?.reject(new TrainerError(answer.code, answer.data));
      this.next();
    });
    worker.on('error', (error: NodeJS.ErrnoException) => {
      this.fail(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? this.stopped(worker, error.code, error) : error);
    });
    // After an error, or instead of one: a thread may end without a word.
    worker.on('exit', (code) => this.fail(this.stopped(worker, `exit code ${code}`)));
    return worker;
  }

  private stopped(worker: Worker, reason: string, cause?: unknown): TrainerError {
    const input = this.workers.get(worker)?.chunk.file.file ?? null;
    return new TrainerError('workerStopped', { input, reason }, { cause });
  }

  /** Fails everything that is under way and that will come; the first error counts. */
  private fail(error: unknown): void {
    this.ended ??= { error };
    for (const task of [...this.workers.values(), ...this.waiting.splice(0)]) task?.reject(this.ended.error);
  }
}

function post(worker: Worker, chunk: InputChunk): void {
  if (chunk.bytes === null) {
    worker.postMessage(chunk);
    return;
  }
  // Bytes that share their memory with others must be copied; and of a view all of the memory would be.
  const isWhole = chunk.bytes.byteLength === chunk.bytes.buffer.byteLength;
  const bytes = isWhole ? chunk.bytes : Uint8Array.from(chunk.bytes);
  worker.postMessage({ ...chunk, bytes }, [bytes.buffer as ArrayBuffer]);
}
