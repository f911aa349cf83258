/** The metrics and settings of the runs that are followed, as they come in. */

import type { ExtensionMessage } from '../../trainer-core/protocol/dashboardMessages.js';
import { MetricsHistory } from '../metrics/metricsHistory.js';

type Metrics = Extract<ExtensionMessage, { type: 'metrics' }>;

/** What is known of a run. */
export interface FollowedRun {
  history: MetricsHistory;
  config: Readonly<Record<string, unknown>> | undefined;
  /** All that is on disk is here. */
  complete: boolean;
  /** A history that is read anew takes the old one's place once it is whole, so that curves do not shrink and grow again. */
  next: MetricsHistory | undefined;
}

/** By run folder. */
export class RunHistories {
  readonly #runs = new Map<string, FollowedRun>();

  /** Undefined before the first word about the run. */
  get(folder: string): FollowedRun | undefined {
    return this.#runs.get(folder);
  }

  /** Forgets every other run. */
  keepOnly(folders: readonly string[]): void {
    for (const folder of this.#runs.keys()) if (!folders.includes(folder)) this.#runs.delete(folder);
  }

  configure(folder: string, config: Readonly<Record<string, unknown>>): void {
    this.#run(folder).config = config;
  }

  append({ folder, reset, lines, complete }: Metrics): void {
    const run = this.#run(folder);
    if (reset) run.next = new MetricsHistory();
    const history = run.next ?? run.history;
    history.append(lines);
    run.complete = complete;
    if (run.next && (complete || run.history.lastStep === 0)) {
      run.history = run.next;
      run.next = undefined;
    }
  }

  #run(folder: string): FollowedRun {
    let run = this.#runs.get(folder);
    if (!run) {
      run = { history: new MetricsHistory(), config: undefined, complete: false, next: undefined };
      this.#runs.set(folder, run);
    }
    return run;
  }
}
