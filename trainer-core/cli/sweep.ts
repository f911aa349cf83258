/** `sweep`: fine-tunings with different settings, one after another, compared in one table. */

import { join } from 'node:path';
import { TERMINAL } from '../messages/terminal.js';
import { hasCode } from '../protocol/errors.js';
import { finetuneConfig } from '../protocol/finetuneConfig.js';
import { sweepConfig } from '../protocol/sweepConfig.js';
import type { Spread } from '../scores/spread.js';
import { runFinetune } from '../training/finetune.js';
import { rankedBy, summaryTable } from '../training/sweep/summary.js';
import { sweep, sweepRuns } from '../training/sweep/sweep.js';
import { shortValue, trialsOf } from '../training/sweep/trials.js';
import { defineCommand } from './command.js';
import { loadConfig } from './configOptions.js';
import { duration, grouped, percent, short } from './numbers.js';
import { quoted } from './quoted.js';
import { table } from './tables.js';
import { showTraining } from './training.js';
import { wrap } from './width.js';

/** Goes on with whatever the folder already holds of the sweep. With `--json`: the events of the runs, `sweepRun` before each, `sweep` at the end. */
export const sweepCommand = defineCommand({
  usage: '--config FILE.sweep.json --out DIR',
  options: {
    config: { type: 'string', value: 'FILE', meaning: 'JSON file with what is varied; its paths are relative to it.' },
    out: {
      type: 'string',
      value: 'DIR',
      required: true,
      meaning: 'Folder of the runs and of sweep.md and sweep.json; the same command goes on with what is in it.',
    },
    fresh: { type: 'boolean', meaning: 'Replace runs in --out that were made with other settings.' },
  },
  config: sweepConfig,
  async run(context, { config: file, out, fresh = false }, settings) {
    const { language, json, stdout, stderr, signal, program } = context;
    const words = TERMINAL[language];
    const wanted = await loadConfig(sweepConfig, file, settings, 'sweep');
    const base = await loadConfig(finetuneConfig, wanted.base, [], 'sweep');
    const trials = [];
    for (const trial of trialsOf(wanted)) {
      const varied = Object.entries(trial.settings).map(([key, value]) => ({ path: [key], value }));
      trials.push({ trial, config: await loadConfig(finetuneConfig, wanted.base, varied, 'sweep') });
    }
    const runs = sweepRuns(out, trials, wanted.seeds);
    const command = `${program} sweep ${file === undefined ? '' : `--config ${quoted(file)} `}--out ${quoted(out)}`;
    const began = performance.now();
    let trained = 0;
    const metric = rankedBy(base);
    const shown = ({ mean, deviation }: Spread) => {
      if (metric === 'mse') return deviation === null ? short(mean) : `${short(mean)} ± ${short(deviation)}`;
      return deviation === null ? percent(mean) : `${percent(mean)} ± ${(100 * deviation).toFixed(1)}`;
    };
    const cells = (summary: Parameters<typeof summaryTable>[0]) => summaryTable(summary, words.sweepHeads, shown);
    const summary = await sweep({
      ...{ out, runs, fresh, signal, cells, metric },
      async train({ trial, seed, folder, config }, how, done) {
        const left = trained === 0 ? null : ((performance.now() - began) / 1000 / trained) * (runs.length - done);
        if (json) {
          const told = { type: 'sweepRun', run: done + 1, runs: runs.length, settings: trial.settings, seed, folder };
          stdout.write(`${JSON.stringify(told)}\n`);
        } else {
          const values = Object.entries(trial.settings).map(([key, value]) => `${key} ${shortValue(value)}`);
          const time = left === null ? [] : [words.timeLeft(duration(left))];
          stderr.write(`\n[${done + 1}/${runs.length}] ${[...values, `seed ${seed}`, ...time].join(' · ')}\n`);
        }
        try {
          await showTraining(context, command, async (options) => {
            await runFinetune(config, { out: folder, ...how, ...options });
          });
        } catch (error) {
          if (hasCode(error, 'lossNotFinite') && !json) stderr.write(`${words.sweepRunFailed}\n`);
          throw error;
        }
        trained++;
      },
    });
    const isWhole = summary.done === summary.total;
    if (json) stdout.write(`${JSON.stringify({ type: 'sweep', ...summary })}\n`);
    else {
      const [head = [], ...rows] = cells(summary);
      stdout.write(
        `\n${table(head, rows).join('\n')}\n\n${wrap(words.sweepWritten(join(out, 'sweep.md')), 80).join('\n')}\n`,
      );
      if (!isWhole) stdout.write(`${words.sweepStopped(grouped(summary.done), grouped(summary.total))}\n`);
    }
    return isWhole;
  },
});
