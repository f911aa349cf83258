/** `data`: what labelled text holds, before anything is learned from it. */

import { dataConfig } from '../protocol/dataConfig.js';
import { describeData } from '../training/describeData.js';
import { defineCommand } from './command.js';
import { loadConfig } from './configOptions.js';
import { dataReportText } from './dataReport.js';
import { showJob } from './jobProgress.js';

/** Writes formats, columns, classes, lengths and what is wrong with the data; with `--json` the `DataSummary`. */
export const data = defineCommand({
  usage: '--train PATH [--dev PATH] [--test PATH] [--model DIR]',
  options: {},
  config: dataConfig,
  async run(context, _values, settings) {
    const config = await loadConfig(dataConfig, undefined, settings, 'data');
    const { signal, language } = context;
    await showJob(
      context,
      (onStage) => describeData(config, { signal, onStage }),
      (summary) => dataReportText(summary, language, config.longTexts).trimEnd(),
    );
    return true;
  },
});
