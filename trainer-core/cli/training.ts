/** What `pretrain`, `distill` and `finetune` have in common: the flags of a run, its progress, and how it ends. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import type { RunEvent } from '../protocol/events.js';
import { type Command, defineCommand } from './command.js';
import { loadConfig } from './configOptions.js';
import type { OptionTable } from './options.js';
import { Progress } from './progress.js';
import { quoted } from './quoted.js';
import { reportText } from './tables.js';

/** What a training function is told besides its config. */
export interface TrainingOptions {
  out: string;
  resume: boolean;
  fresh: boolean;
  signal: AbortSignal;
  onEvent(event: RunEvent): void;
}

const RUN_OPTIONS = {
  config: { type: 'string', value: 'FILE', meaning: 'JSON file with the settings; its paths are relative to it.' },
  out: {
    type: 'string',
    value: 'DIR',
    required: true,
    meaning: 'Folder of the run: config, metrics, checkpoints, models.',
  },
  resume: { type: 'boolean', meaning: 'Go on with the run in --out, by its own settings.' },
  fresh: { type: 'boolean', meaning: 'Start anew; the run in --out is replaced.' },
} as const satisfies OptionTable;

/**
 * A command that trains. Its settings come from a config file, from flags, and when it resumes from the run's own folder.
 * The events of the run are shown as progress on standard error, or with `--json` one a line on standard output.
 */
export function trainingCommand<S extends z.ZodType>(
  name: string,
  usage: string,
  schema: S,
  train: (config: z.output<S>, options: TrainingOptions) => Promise<unknown>,
): Command {
  return defineCommand({
    usage,
    options: RUN_OPTIONS,
    config: schema,
    async run({ stdout, stderr, json, language, signal, program }, values, settings) {
      const { out, resume = false, fresh = false } = values;
      const ofRun = join(out, 'config.json');
      const file = values.config ?? (resume && existsSync(ofRun) ? ofRun : undefined);
      const config = await loadConfig(schema, file, settings, name);

      const resumeCommand = `${program} ${name} --out ${quoted(out)} --resume`;
      const progress = new Progress({ stream: stderr, language, resumeCommand });
      let stopped = false;
      const onEvent = (event: RunEvent) => {
        stopped ||= event.type === 'stopped';
        if (json) {
          stdout.write(`${JSON.stringify(event)}\n`);
          return;
        }
        progress.onEvent(event);
        const report = event.type === 'evaluated' && event.split === 'test' ? event.report : undefined;
        if (report) stdout.write(`\n${reportText(report, language)}`);
      };
      try {
        await train(config, { out, resume, fresh, signal, onEvent });
      } finally {
        progress.end();
      }
      return !stopped;
    },
  });
}
