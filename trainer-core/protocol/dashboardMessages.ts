/** What the extension and its dashboard webview say to each other: one interface a direction, message type → data. */

import type { Objective } from './events.js';
import type { RunState } from './runState.js';

/** What the extension tells the dashboard. */
export interface ExtensionToDashboard {
  /** Every run of the workspace, newest first. Sent once the dashboard is ready and after each change on disk. */
  runs: { runs: RunSummary[] };
}

/** What the dashboard tells the extension. */
export interface DashboardToExtension {
  /** The page is listening; sent once after each load. */
  ready: Record<never, never>;
  /** The user pressed "Start Distillation". */
  startDistillation: Record<never, never>;
  /** The user chose a run: show its folder. */
  revealRun: { folder: string };
}

/** A message of one of the interfaces above: its data and, under `type`, its name. */
export type MessageOf<Messages> = { [T in keyof Messages]: { type: T } & Messages[T] }[keyof Messages];

/** How a run stands: as its state says, or `interrupted` when it says `running` and its process is gone. */
export type RunStatus = RunState['status'] | 'interrupted';

/** The last word of a run's metrics, as the dashboard lists it. A value the run has not reported yet is null. */
export interface RunSummary {
  /** Absolute path of the run folder. */
  folder: string;
  /** The folder's name. */
  name: string;
  objective: Objective;
  status: RunStatus;
  globalStep: number;
  totalSteps: number | null;
  /** Mean total loss since the step event before. */
  loss: number | null;
  /** Of the last evaluation, 0 to 1. */
  macroF1: number | null;
  tokensPerSecond: number | null;
  /** Left until the planned end; null unless running. */
  secondsLeft: number | null;
  /** Last change of the metrics, in milliseconds since 1970. */
  updatedMs: number;
}

/** Every word the dashboard shows, in the user's language; the extension puts them into the page as it is made. */
export interface DashboardWords {
  runs: string;
  noRuns: string;
  startDistillation: string;
  revealRun: string;
  columns: Record<'run' | 'step' | 'loss' | 'macroF1' | 'tokensPerSecond' | 'secondsLeft' | 'updated', string>;
  statuses: Record<RunStatus, string>;
  objectives: Record<Objective, string>;
}

/** Where the page keeps the words: a JSON script element with this id. */
export const DASHBOARD_WORDS_ID = 'words';

/** True for a well-formed message from the dashboard; the extension ignores anything else. */
export function isDashboardMessage(message: unknown): message is MessageOf<DashboardToExtension> {
  if (typeof message !== 'object' || message === null || !('type' in message)) return false;
  switch (message.type) {
    case 'ready':
    case 'startDistillation':
      return true;
    case 'revealRun':
      return 'folder' in message && typeof message.folder === 'string';
    default:
      return false;
  }
}
