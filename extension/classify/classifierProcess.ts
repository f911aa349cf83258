/** The trainer's `classify --json` as a process that answers line by line: one a window, started on first use. */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Program } from '../trainerProgram.js';

/** What the classifier says about one text. */
export interface Classification {
  text: string;
  /** The most probable label. */
  label: string;
  /** Its probability, 0 to 1. */
  score: number;
  /** Every label's probability. */
  scores: Record<string, number>;
}

/** The process ended before it answered; `stderr` is the last of what it said, at most 16 KiB. */
export class ClassifierEnded extends Error {
  override readonly name = 'ClassifierEnded';
  readonly stderr: string;

  constructor(stderr: string, options?: { cause?: unknown }) {
    super('The classifier process ended before it answered.', options);
    this.stderr = stderr;
  }
}

const STDERR_KEPT = 16 * 1024;

/** A running classifier. Answers come in the order of the questions, so a queue of waiting callers is all the bookkeeping. */
export class ClassifierProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiting: { resolve: (answer: Classification) => void; reject: (error: Error) => void }[] = [];
  #stderr = '';
  #ended: ClassifierEnded | undefined;

  constructor(program: Program) {
    this.#child = spawn(program.command, program.args, { env: { ...process.env, ...program.env } });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_KEPT);
    });
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.#waiting.shift()?.resolve(JSON.parse(line) as Classification);
    });
    // A process that dies while we write raises EPIPE on stdin too; `close` tells the callers.
    this.#child.stdin.on('error', () => {});
    this.#child.on('error', (cause) => this.#end(cause));
    this.#child.on('close', () => this.#end());
  }

  /** False once the process is gone: start another. */
  get alive(): boolean {
    return this.#ended === undefined;
  }

  /** One answer for each text, in order; line breaks within a text count as spaces. Rejects with ClassifierEnded. */
  classify(texts: readonly string[]): Promise<Classification[]> {
    if (this.#ended) return Promise.reject(this.#ended);
    const answers = texts.map(
      () => new Promise<Classification>((resolve, reject) => this.#waiting.push({ resolve, reject })),
    );
    this.#child.stdin.write(texts.map((text) => `${text.replace(/\s*[\r\n\u2028\u2029]+\s*/g, ' ')}\n`).join(''));
    return Promise.all(answers);
  }

  /** Ends the process; callers still waiting get ClassifierEnded. */
  dispose(): void {
    this.#child.kill();
  }

  #end(cause?: unknown): void {
    this.#ended ??= new ClassifierEnded(this.#stderr, { cause });
    for (const { reject } of this.#waiting.splice(0)) reject(this.#ended);
  }
}
