/** Shows how far a job is: JSON lines for programs, one line that is written over on a terminal, a line every ten seconds in a log. */

import { CORPUS_WORDS } from '../messages/corpusWords.js';
import { TERMINAL } from '../messages/terminal.js';
import { size } from '../messages/words.js';
import type { JobProgress, JobResult, JobStage, OnStage, Unpacker } from '../protocol/jobs.js';
import { type CommandContext, isStop } from './command.js';
import { duration, grouped, short } from './numbers.js';
import { bar } from './progress.js';
import { displayWidth, fit, wrap } from './width.js';

const JSON_INTERVAL_MS = 200;
const TERMINAL_INTERVAL_MS = 100;
const LOG_INTERVAL_MS = 10_000;

type Output = Pick<CommandContext, 'stdout' | 'stderr' | 'json' | 'language'>;

/**
 * Runs a job, shows its stages, and then its result, which it also gives back: as JSON, or as the text that `said` makes of it.
 * `stopped` is said when the job ends because it was asked to.
 */
export async function showJob<R extends JobResult>(
  context: Output,
  work: (onStage: OnStage) => Promise<R>,
  said: (result: R) => string,
  stopped?: string,
): Promise<R> {
  const progress = new JobProgressView(context);
  let result: R;
  try {
    result = await work(progress.onStage);
  } catch (error) {
    progress.end();
    if (isStop(error) && stopped !== undefined && !context.json) context.stderr.write(`${stopped}\n`);
    throw error;
  }
  progress.end();
  context.stdout.write(`${context.json ? JSON.stringify(result) : said(result)}\n`);
  return result;
}

/** Takes a job's stages, works out speed and time left for each phase and file, and shows them; `end` closes an open line. */
export class JobProgressView {
  readonly #output: Output;
  readonly #now: () => number;
  #shownAt = Number.NEGATIVE_INFINITY;
  #pending: JobProgress | null = null;
  #open = false;
  /** Where the phase or file at hand began, from which its speed is reckoned. */
  #start = { key: '', atMs: 0, done: 0, tokens: 0 };
  #done = 0;
  readonly #unpackersTold = new Set<Unpacker>();

  /** `now`: milliseconds; tests give their own clock. */
  constructor(output: Output, now: () => number = Date.now) {
    this.#output = output;
    this.#now = now;
  }

  readonly onStage: OnStage = (stage) => {
    // A corpus is counted over all of its files, everything else anew for each.
    const key = `${stage.phase} ${stage.documents === undefined ? stage.file : ''}`;
    const isNew = key !== this.#start.key || stage.done < this.#done;
    this.#done = stage.done;
    if (isNew) this.#start = { key, atMs: this.#now(), done: stage.done, tokens: stage.tokens ?? 0 };
    this.#tellUnpacker(stage);
    const progress = this.#measured(stage);
    const { json, stderr } = this.#output;
    const isLog = !json && !stderr.isTTY;
    const interval = json ? JSON_INTERVAL_MS : isLog ? LOG_INTERVAL_MS : TERMINAL_INTERVAL_MS;
    const isDue = this.#now() - this.#shownAt >= interval || (!isLog && (isNew || stage.done === stage.total));
    if (isDue) this.#show(progress);
    else this.#pending = progress;
  };

  /** Shows the last stage if it was held back, and leaves the cursor on a fresh line. */
  end(): void {
    if (this.#pending) this.#show(this.#pending);
    if (this.#open) this.#output.stderr.write('\n');
    this.#open = false;
  }

  /** Says once of each what unpacks the input, for some are slow where another program would be fast. */
  #tellUnpacker({ unpackedBy }: JobStage): void {
    const { stderr, json, language } = this.#output;
    if (json || unpackedBy === undefined || this.#unpackersTold.has(unpackedBy)) return;
    this.#unpackersTold.add(unpackedBy);
    const note = CORPUS_WORDS[language].unpacking[unpackedBy];
    if (note !== null) stderr.write(`${this.#open ? '\r\x1b[2K' : ''}${wrap(note, 80).join('\n')}\n`);
  }

  #measured(stage: JobStage): JobProgress {
    const seconds = (this.#now() - this.#start.atMs) / 1000;
    const rateOf = (done: number) => (seconds > 0 && done > 0 ? done / seconds : null);
    const rate = rateOf(stage.done - this.#start.done);
    const secondsLeft = rate === null || stage.total === null ? null : Math.max(0, stage.total - stage.done) / rate;
    const progress = { type: 'progress' as const, ...stage, rate, secondsLeft };
    if (stage.tokens === undefined) return progress;
    return { ...progress, tokensPerSecond: rateOf(stage.tokens - this.#start.tokens) };
  }

  #show(progress: JobProgress): void {
    this.#pending = null;
    this.#shownAt = this.#now();
    const { stdout, stderr, json } = this.#output;
    if (json) {
      stdout.write(`${JSON.stringify(progress)}\n`);
      return;
    }
    // A terminal that does not know its width says 0. The last column stays free: some break the line as soon as it is filled.
    const line = this.#line(progress, Math.min(stderr.columns || 80, 80) - 1);
    stderr.write(stderr.isTTY ? `\r\x1b[2K${line}` : `${line}\n`);
    this.#open = stderr.isTTY === true;
  }

  /** Phase, file, amount, speed and time left; without room the bar gives way first, then the file's name. */
  #line(progress: JobProgress, columns: number): string {
    const { phase, file, done, total, unit, documents, secondsLeft } = progress;
    const words = TERMINAL[this.#output.language];
    // Of a corpus, which is counted over all of its files, the bar tells more.
    const name = documents === undefined ? (file ?? []) : [];
    const amount = unit === 'bytes' ? size : grouped;
    const tail = [
      done === 0 && total === null ? [] : [total === null ? amount(done) : `${amount(done)} / ${amount(total)}`],
      documents === undefined ? [] : [words.documentsRead(grouped(documents))],
      speed(progress),
      secondsLeft === null ? [] : [words.timeLeft(duration(secondsLeft))],
    ].flat();
    const heads = [
      [words.jobPhase[phase], name, total ? bar(done / total) : []],
      [words.jobPhase[phase], name],
      [words.jobPhase[phase]],
    ];
    const lines = heads.map((head) => [...head.flat(), ...tail].join('  '));
    return lines.find((line) => displayWidth(line) <= columns) ?? fit(lines.at(-1) as string, columns);
  }
}

/** Tokens a second where tokens are made, else bytes or steps; nothing before it is known. */
function speed({ unit, rate, tokensPerSecond }: JobProgress): string[] {
  if (tokensPerSecond !== undefined) return tokensPerSecond === null ? [] : [`${grouped(tokensPerSecond)} tok/s`];
  return rate === null ? [] : [`${unit === 'bytes' ? size(rate) : short(rate)}/s`];
}
