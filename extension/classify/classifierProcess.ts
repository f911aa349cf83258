/** The trainer's `classify --json` and `explain --json` as processes that answer line by line. */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import { EXPLANATION_METHODS, type Explanation } from '../../trainer-core/protocol/explanation.js';
import type { Classification } from '../api.js';
import { stderrTail } from '../stderrTail.js';
import type { Program } from '../trainerProgram.js';
import { ClassifierEnded } from './classifierEnded.js';
import { oneLine } from './oneLine.js';

const classification = z.object({
  text: z.string(),
  label: z.string(),
  score: z.number(),
  scores: z.record(z.string(), z.number()),
});

/** A line of `classify --json`. */
export const classifiedLine: z.ZodType<Classification> = classification;

/** A classification, and what each word adds to its label. */
export interface Explained extends Classification {
  explanation: Explanation;
}

/** A line of `explain --json`. */
export const explainedLine: z.ZodType<Explained> = classification.extend({
  explanation: z.object({
    method: z.enum(EXPLANATION_METHODS),
    label: z.string(),
    logOdds: z.number(),
    baseline: z.number(),
    gap: z.number(),
    words: z.array(z.object({ text: z.string(), start: z.number(), end: z.number(), weight: z.number().nullable() })),
  }),
});

/** How a call is followed and ended early. */
export interface ClassifyOptions {
  /** Once aborted, nothing more is sent, and the call resolves with the answers there are. */
  signal?: AbortSignal;
  /** Told the number of answers after each one. */
  onAnswer?: (done: number) => void;
}

/** Few enough that a cancelled call soon leaves the process to the next one; enough for the classifier's batches. */
const TEXTS_IN_FLIGHT = 64;

/** A running classifier. Answers come in the order of the questions, so a queue of waiting callers is all the bookkeeping. */
export class ClassifierProcess<A extends Classification = Classification> {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #stderr: () => string;
  readonly #waiting: { resolve: (answer: A) => void; reject: (error: Error) => void }[] = [];
  #stopped = false;
  #ended: ClassifierEnded | undefined;
  #warm = false;

  constructor(
    program: Program,
    private readonly line: z.ZodType<A>,
  ) {
    this.#child = spawn(program.command, program.args, { env: { ...process.env, ...program.env } });
    this.#stderr = stderrTail(this.#child.stderr);
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#answer(line));
    // A process that dies while we write raises EPIPE on stdin too; `close` tells the callers.
    this.#child.stdin.on('error', () => {});
    this.#child.on('error', (cause) => this.#end(cause));
    this.#child.on('close', () => this.#end());
  }

  /** False once the process is gone: start another. */
  get alive(): boolean {
    return this.#ended === undefined && !this.#stopped;
  }

  /** True once the model is loaded: it has answered. */
  get warm(): boolean {
    return this.#warm;
  }

  /**
   * One answer for each text, in order; line breaks within a text count as spaces. Fewer only when `signal` was aborted.
   * Rejects with ClassifierEnded.
   */
  async classify(texts: readonly string[], { signal, onAnswer }: ClassifyOptions = {}): Promise<A[]> {
    const answers: A[] = [];
    const aborted = signal && new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    for (let start = 0; start < texts.length && !signal?.aborted; start += TEXTS_IN_FLIGHT) {
      const batch = this.#ask(texts.slice(start, start + TEXTS_IN_FLIGHT), (answer) => {
        if (signal?.aborted) return;
        answers.push(answer);
        onAnswer?.(answers.length);
      });
      await (aborted ? Promise.race([batch, aborted]) : batch);
    }
    return answers;
  }

  /** Ends the process at once: it holds nothing but memory. Callers still waiting get ClassifierEnded. */
  dispose(): void {
    this.#stopped = true;
    this.#child.kill('SIGKILL');
  }

  async #ask(texts: readonly string[], onAnswer: (answer: A) => void): Promise<void> {
    if (this.#ended) throw this.#ended;
    const answers = texts.map(() =>
      new Promise<A>((resolve, reject) => this.#waiting.push({ resolve, reject })).then(onAnswer),
    );
    this.#child.stdin.write(texts.map((text) => `${oneLine(text)}\n`).join(''));
    await Promise.all(answers);
  }

  #answer(line: string): void {
    try {
      const answer = this.line.parse(JSON.parse(line));
      this.#warm = true;
      this.#waiting.shift()?.resolve(answer);
    } catch (cause) {
      // From here on answers could no longer be told apart.
      this.#end(cause);
      this.dispose();
    }
  }

  #end(cause?: unknown): void {
    this.#ended ??= new ClassifierEnded(this.#stderr(), this.#stopped, { cause });
    for (const { reject } of this.#waiting.splice(0)) reject(this.#ended);
  }
}
