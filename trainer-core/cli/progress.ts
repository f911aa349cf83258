/** Shows a run as it goes: one line that is written over on a terminal, a line every ten seconds in a log. */

import type { Writable } from 'node:stream';
import type { Language } from '../messages/format.js';
import { TERMINAL } from '../messages/terminal.js';
import type { RunEvent } from '../protocol/events.js';
import { duration, grouped, percent, short } from './numbers.js';
import { displayWidth, fit, wrap } from './width.js';

/** Where progress is shown, and how. */
export interface ProgressOptions {
  stream: Writable & { isTTY?: boolean; columns?: number };
  language: Language;
  /** The command line that goes on with the run after it was stopped. */
  resumeCommand: string;
  /** Milliseconds now; tests give their own clock. */
  now?: () => number;
}

type StepEvent = Extract<RunEvent, { type: 'step' }>;

const LOG_INTERVAL_MS = 10_000;
const TERMINAL_INTERVAL_MS = 100;

/** Takes a run's events and writes them as text of at most 80 columns; `end` closes an open line. */
export class Progress {
  readonly #stream: ProgressOptions['stream'];
  readonly #words;
  readonly #resumeCommand: string;
  readonly #now: () => number;
  #shownAt = Number.NEGATIVE_INFINITY;
  #open = false;
  #pending: StepEvent | null = null;

  constructor({ stream, language, resumeCommand, now = Date.now }: ProgressOptions) {
    this.#stream = stream;
    this.#words = TERMINAL[language];
    this.#resumeCommand = resumeCommand;
    this.#now = now;
  }

  readonly onEvent = (event: RunEvent): void => {
    if (event.type === 'step') {
      this.#step(event);
      return;
    }
    this.end();
    const text = this.#sentence(event);
    if (text !== null) this.#stream.write(`${text}\n`);
  };

  /** Shows the last step if it was held back, and leaves the cursor on a fresh line. */
  end(): void {
    if (this.#pending) this.#show(this.#pending);
    if (this.#open) this.#stream.write('\n');
    this.#open = false;
  }

  #step(event: StepEvent): void {
    const interval = this.#stream.isTTY ? TERMINAL_INTERVAL_MS : LOG_INTERVAL_MS;
    if (event.globalStep < event.totalSteps && this.#now() - this.#shownAt < interval) this.#pending = event;
    else this.#show(event);
  }

  #show(event: StepEvent): void {
    this.#pending = null;
    this.#shownAt = this.#now();
    // A terminal that does not know its width says 0. The last column stays free: some break the line as soon as it is filled.
    const columns = Math.min(this.#stream.columns || 80, 80) - 1;
    const line = stepLine(event, columns, this.#words.timeLeft(duration(event.secondsLeft)));
    if (!this.#stream.isTTY) {
      this.#stream.write(`${line}\n`);
      return;
    }
    this.#stream.write(`\r\x1b[2K${line}`);
    this.#open = true;
  }

  #sentence(event: Exclude<RunEvent, StepEvent>): string | null {
    const words = this.#words;
    switch (event.type) {
      case 'started': {
        const facts = words.started({
          parameters: grouped(event.parameters),
          sequences: grouped(event.sequences),
          tokens: grouped(event.tokensPerEpoch),
          steps: grouped(event.totalSteps),
          device: event.device,
        });
        const from = event.globalStep > 0 ? `\n${words.goingOn(grouped(event.globalStep))}` : '';
        return wrap(`${words.objective[event.objective]}: ${facts}${from}`, 80).join('\n');
      }
      case 'epoch':
        return null;
      case 'evaluated': {
        const { accuracy, macroF1, agreement, kl, loss, perplexity } = event.metrics;
        const scores = [
          accuracy === undefined ? [] : [`${words.accuracy} ${percent(accuracy)}`],
          macroF1 === undefined ? [] : [`${words.macroF1} ${percent(macroF1)}`],
          agreement === undefined ? [] : [`${words.agreement} ${percent(agreement)}`],
          loss === undefined ? [] : [`${words.loss} ${short(loss)}`],
          perplexity === undefined ? [] : [`${words.perplexity} ${short(perplexity)}`],
          kl === undefined ? [] : [`KL ${short(kl)}`],
          event.best ? [words.best] : [],
        ].flat();
        return `${words.evaluated(event.split, event.epoch.toFixed(1))}: ${scores.join('  ')}`;
      }
      case 'checkpoint':
        // On a terminal the line would scroll the losses away, and nobody has to act on it.
        return this.#stream.isTTY ? null : words.checkpoint(event.folder);
      case 'runsHalved':
        return words.runsHalved(grouped(event.globalStep + 1), grouped(event.tokensPerRun));
      case 'precision':
        return words.precisionChosen(event.precision, event.reason, event.failure ?? '');
      case 'lossScaleLow':
        return words.lossScaleLow(grouped(event.globalStep));
      case 'checkpointSkipped':
        return words.checkpointSkipped(event.folder, event.reason);
      case 'stopped':
        return words.stopped(grouped(event.globalStep), event.folder, this.#resumeCommand);
      case 'finished':
        return words.finished(event.folder);
    }
  }
}

/** Step, losses, speed, load of the graphics card and time left; without room the bar gives way first, then the card, then the losses after the total. */
function stepLine(event: StepEvent, columns: number, timeLeft: string): string {
  const { globalStep, totalSteps, losses, tokensPerSecond, device } = event;
  const { total, ...parts } = losses;
  const step = `${grouped(globalStep)}/${grouped(totalSteps)}`;
  const loss = `loss ${short(total)}`;
  const named = Object.entries(parts).map(([name, value]) => `${name} ${short(value)}`);
  // A single part is the total itself, or a multiple of it.
  const all = named.length > 1 ? [loss, ...named].join(' ') : loss;
  const speed = `${grouped(tokensPerSecond)} tok/s`;
  const tail = `${speed}  ${timeLeft}`;
  const tails =
    device?.utilization === undefined
      ? [tail]
      : [`${speed}  GPU ${(100 * device.utilization).toFixed(0)} %  ${timeLeft}`, tail];
  const lines = [
    `${step} ${bar(globalStep / totalSteps)}  ${all}  ${tails[0]}`,
    ...tails.map((each) => `${step}  ${all}  ${each}`),
    `${step}  ${loss}  ${tail}`,
  ];
  return lines.find((line) => displayWidth(line) <= columns) ?? fit(`${step}  ${loss}  ${tail}`, columns);
}

/** A bar of ten columns, filled by `part` of 1. */
export function bar(part: number): string {
  const filled = Math.round(10 * Math.min(1, Math.max(0, part)));
  return `${'━'.repeat(filled)}${'╌'.repeat(10 - filled)}`;
}
