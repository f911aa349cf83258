/** What `pretrain`, `distill` and `finetune` have in common: the flags of a run, its progress, and how it ends. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { CORPUS_WORDS } from '../messages/corpusWords.js';
import { TERMINAL } from '../messages/terminal.js';
import type { DataSummary } from '../protocol/dataSummary.js';
import type { RunEvent } from '../protocol/events.js';
import type { CorpusBuilt } from '../protocol/jobs.js';
import type { EvaluationReport } from '../protocol/report.js';
import type { RunOptions } from '../training/runStart.js';
import type { LoopSettings } from '../training/task.js';
import { type Command, type CommandContext, defineCommand, isStop, OutputClosed } from './command.js';
import { warnOf } from './corpusInput.js';
import { checkCosts, showEstimate } from './costs.js';
import { dataLines } from './dataReport.js';
import { JobProgressView } from './jobProgress.js';
import type { OptionTable } from './options.js';
import type { Plan } from './plans.js';
import { Progress } from './progress.js';
import { quoted } from './quoted.js';
import { reportText } from './tables.js';

const RUN_OPTIONS = {
  config: { type: 'string', value: 'FILE', meaning: 'JSON file with the settings; its paths are relative to it.' },
  out: {
    type: 'string',
    value: 'DIR',
    required: true,
    meaning: 'Folder of the run: config, metrics, checkpoints, models.',
  },
  resume: { type: 'boolean', meaning: 'Go on with the run in --out, by its own settings.' },
  estimate: { type: 'boolean', meaning: 'Only tell what the run will cost, and whether it fits; nothing is trained.' },
  fresh: { type: 'boolean', meaning: 'Start anew; the run in --out is replaced.' },
} as const satisfies OptionTable;

/** Whether a run was stopped before its end, and the last scores on a test set when there were any. */
export interface Outcome {
  stopped: boolean;
  report: EvaluationReport | null;
}

/**
 * Runs a training and shows its events, and before them how far its corpus and its teacher cache are: as progress on standard error, or
 * with `--json` one a line on standard output.
 * `resumeCommand` is what to run to go on after a stop.
 */
export async function showTraining(
  context: CommandContext,
  resumeCommand: string,
  train: (options: Pick<RunOptions, 'signal' | 'onEvent' | 'onStage' | 'onBuilt' | 'onData'>) => Promise<unknown>,
): Promise<Outcome> {
  const { stdout, stderr, json, language, signal } = context;
  const stages = new JobProgressView(context);
  const progress = new Progress({ stream: stderr, language, resumeCommand });
  let hasBegun = false;
  const outcome: Outcome = { stopped: false, report: null };
  const onEvent = (event: RunEvent) => {
    if (!hasBegun) stages.end();
    hasBegun = true;
    if (event.type === 'stopped') outcome.stopped = true;
    if (event.type === 'evaluated' && event.split === 'test') outcome.report = event.report ?? null;
    if (json) stdout.write(`${JSON.stringify(event)}\n`);
    else progress.onEvent(event);
  };
  const onBuilt = (built: CorpusBuilt) => {
    stages.end();
    if (json) stdout.write(`${JSON.stringify(built)}\n`);
    else warnOf(built.manifest.report.faults, context);
  };
  const onData = (summary: DataSummary) => {
    stages.end();
    if (json) stdout.write(`${JSON.stringify(summary)}\n`);
    else stderr.write(dataLines(summary, language));
  };
  const onAbort = () => {
    if (signal.reason instanceof OutputClosed) return;
    progress.end();
    if (hasBegun) stderr.write(`${TERMINAL[language].stopping}\n`);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await train({ signal, onEvent, onStage: stages.onStage, onBuilt, onData });
  } catch (error) {
    stages.end();
    // Only what is made before the first step is broken off; a run that has begun ends by itself.
    if (isStop(error) && !json) stderr.write(`${CORPUS_WORDS[language].stopped}\n`);
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
    progress.end();
  }
  return outcome;
}

/** A command that trains. Its settings come from a config file, from flags, and when it resumes from the run's own folder. */
export function trainingCommand<S extends z.ZodType<LoopSettings>>(
  name: string,
  usage: string,
  plan: Plan<S>,
  train: (config: z.output<S>, options: RunOptions) => Promise<unknown>,
): Command {
  return defineCommand({
    usage,
    options: RUN_OPTIONS,
    config: plan.schema,
    async run(context, values, settings) {
      const { out, resume = false, fresh = false } = values;
      const { program, json, stdout, language, signal } = context;
      const ofRun = join(out, 'config.json');
      const file = values.config ?? (resume && existsSync(ofRun) ? ofRun : undefined);
      const planned = await plan.load(file, settings, { command: name, place: out, signal });
      if (values.estimate) {
        await checkCosts(await showEstimate(context, planned), out);
        return true;
      }
      const resumeCommand = `${program} ${name} --out ${quoted(out)} --resume`;
      const { stopped, report } = await showTraining(context, resumeCommand, (options) =>
        train(planned.config, { out, resume, fresh, ...(file === undefined ? {} : { configFile: file }), ...options }),
      );
      if (report && !json) stdout.write(`\n${reportText(report, language)}`);
      return !stopped;
    },
  });
}
