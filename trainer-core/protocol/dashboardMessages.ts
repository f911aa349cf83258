/** What the extension and its dashboard webview say to each other; each side checks what it gets against these schemas. */

import * as z from 'zod';

/** A run as the lists show it: the last word of its files. A value the run has not reported yet is null. */
export const runSummary = z.strictObject({
  /** Absolute path of the run folder, which is also the run's identity. */
  folder: z.string(),
  /** The folder's name. */
  name: z.string(),
  objective: z.enum(['pretrain', 'distill', 'finetune']),
  /** As `state.json` says, or `interrupted` when it says `running` and its process is gone. */
  status: z.enum(['running', 'finished', 'stopped', 'failed', 'interrupted']),
  globalStep: z.number(),
  totalSteps: z.number().nullable(),
  /** Mean total loss since the step event before. */
  loss: z.number().nullable(),
  /** The best evaluation on dev so far: macro-F1 (0 to 1) when fine-tuning, else the lowest loss. */
  best: z.strictObject({ metric: z.enum(['macroF1', 'loss']), value: z.number() }).nullable(),
  learningRate: z.number().nullable(),
  tokensPerSecond: z.number().nullable(),
  /** Left until the planned end; null unless running. */
  secondsLeft: z.number().nullable(),
  memoryBytes: z.number().nullable(),
  /** Where it computes: as the setting calls it, and the processor's or card's own name. Null in runs of version 0.1. */
  device: z.strictObject({ name: z.string(), description: z.string() }).nullable(),
  /** Of the graphics card; null on a processor and where the system tells nothing. */
  deviceUsage: z
    .strictObject({
      memoryUsedBytes: z.number().optional(),
      memoryTotalBytes: z.number().optional(),
      utilization: z.number().optional(),
    })
    .nullable(),
  /** Last change of the metrics, in milliseconds since 1970. */
  updatedMs: z.number(),
  /** Why it failed and what to do, in the user's language; null unless failed. */
  error: z.string().nullable(),
  /** The code of that error; null where it had none. */
  errorCode: z.string().nullable(),
});
export type RunSummary = z.output<typeof runSummary>;
export type RunStatus = RunSummary['status'];

/** What the extension tells the dashboard. */
export const extensionMessage = z.discriminatedUnion('type', [
  /** Every run of the workspace, newest first. Sent once the dashboard is ready and after each change on disk. */
  z.strictObject({ type: z.literal('runs'), runs: z.array(runSummary) }),
  /** A followed run's settings, as its `config.json` has them. Sent once after `follow`. */
  z.strictObject({ type: z.literal('config'), folder: z.string(), config: z.record(z.string(), z.unknown()) }),
  /**
   * Whole lines of a followed run's `metrics.jsonl`, in order. `reset`: they start at the file's beginning, so what was known is
   * dropped (the first answer to `follow`, and after a resumed run has dropped lines). `complete`: nothing more is on disk now.
   */
  z.strictObject({
    type: z.literal('metrics'),
    folder: z.string(),
    reset: z.boolean(),
    lines: z.string(),
    complete: z.boolean(),
  }),
  /** Show these runs (the first is the main one), as after Start and Compare Runs. */
  z.strictObject({ type: z.literal('show'), folders: z.array(z.string()).min(1) }),
]);
export type ExtensionMessage = z.output<typeof extensionMessage>;

/** Commands that the dashboard may ask for. */
export const DASHBOARD_COMMANDS = ['startDistillation', 'startFineTuning', 'openSampleWorkspace'] as const;
/** What can be done to a run from the dashboard. */
export const RUN_ACTIONS = ['stop', 'resume', 'saveCheckpoint', 'reveal', 'showLog'] as const;
export type RunAction = (typeof RUN_ACTIONS)[number];

/** What the dashboard tells the extension. */
export const dashboardMessage = z.discriminatedUnion('type', [
  /** The page is listening; sent once after each load. */
  z.strictObject({ type: z.literal('ready') }),
  /** Send the settings and metrics of these runs, from the beginning, and what is added to them; no others any more. */
  z.strictObject({ type: z.literal('follow'), folders: z.array(z.string()).max(8) }),
  z.strictObject({ type: z.literal('command'), command: z.enum(DASHBOARD_COMMANDS) }),
  z.strictObject({ type: z.literal('runAction'), action: z.enum(RUN_ACTIONS), folder: z.string() }),
  /** Open the data file of a run's split, or the one of its files that the metrics name, at this line (from 1), where a misread example stands. */
  z.strictObject({
    type: z.literal('openExample'),
    folder: z.string(),
    split: z.enum(['dev', 'test']),
    line: z.int().min(1),
    file: z.string().max(4096).optional(),
  }),
  /** Put this text (CSV) on the clipboard. */
  z.strictObject({ type: z.literal('copy'), text: z.string().max(64 * 1024 * 1024) }),
  /** Ask where to save a picture, and save it. */
  z.strictObject({
    type: z.literal('savePicture'),
    name: z.string().max(200),
    format: z.enum(['png', 'svg']),
    base64: z.string().max(64 * 1024 * 1024),
  }),
]);
export type DashboardMessage = z.output<typeof dashboardMessage>;
