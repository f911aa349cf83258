/** `evaluate`: scores a classifier on labelled text, or compares two. */

import { join } from 'node:path';
import * as z from 'zod';
import { TERMINAL } from '../messages/terminal.js';
import { DEVICE_CHOICES } from '../protocol/devices.js';
import { TrainerError } from '../protocol/errors.js';
import { asTrainedFields, columnFields, cutOptions } from '../protocol/labelledDataConfig.js';
import { checkEvaluationFolder, writeComparison, writeEvaluation } from '../scores/writeEvaluation.js';
import { compare, evaluate as evaluateClassifier } from '../training/evaluate.js';
import { type CommandContext, defineCommand } from './command.js';
import { loadConfig } from './configOptions.js';
import { showJob } from './jobProgress.js';
import { grouped } from './numbers.js';
import { comparisonText, reportText } from './tables.js';

const scoring = z.strictObject({
  ...columnFields,
  ...asTrainedFields,
  batchSize: z.int().min(1).default(32).describe('Texts in a batch.'),
});

/**
 * A job: shows its progress, then the figures with their intervals, the classes and the confusion matrix; with `--json` the whole
 * report, misread examples too. With `--out` all of it is written into a folder.
 */
export const evaluate = defineCommand({
  usage: '--model DIR --data FILE [--out DIR] [--calibrate], or --compare A B [--data FILE]',
  options: {
    model: { type: 'string', value: 'DIR', meaning: 'Folder of a fine-tuned model.' },
    data: {
      type: 'string',
      value: 'PATH',
      meaning: 'Labelled texts: TSV, CSV, JSONL, Parquet, a folder of class folders, or the Livedoor corpus.',
    },
    out: {
      type: 'string',
      value: 'DIR',
      meaning: 'Folder for evaluation.json, evaluation.md and pictures; an evaluation in it is replaced.',
    },
    calibrate: {
      type: 'boolean',
      meaning: "Fit the temperature of the model's scores to the data, and keep it in its config.json.",
    },
    compare: {
      type: 'string',
      value: 'A B',
      many: true,
      meaning:
        "Compare two: models, scored on --data; or without --data runs or folders that have their evaluations. McNemar's test.",
    },
    device: { type: 'string', choices: DEVICE_CHOICES, meaning: 'Where to compute.', default: 'auto' },
  },
  config: scoring,
  async run(context, { model, data, out, calibrate = false, compare: places, device = 'auto' }, settings) {
    const checked = await loadConfig(scoring, undefined, settings, 'evaluate');
    const { maxSeqLength, longTexts, stride, batchSize, ...reading } = checked;
    const cut = cutOptions({ maxSeqLength, longTexts, stride });
    const options = { reading, ...cut, batchSize, device, signal: context.signal };
    const usage = (options: string[]) =>
      new TrainerError('usage', { problem: 'options-exclude-each-other', options, command: 'evaluate' });
    if (places !== undefined) {
      if (model !== undefined) throw usage(['--compare', '--model']);
      if (calibrate) throw usage(['--compare', '--calibrate']);
      await comparePlaces(context, { ...options, places, data }, out);
      return true;
    }
    for (const [option, value] of Object.entries({ '--model': model, '--data': data })) {
      if (value === undefined)
        throw new TrainerError('usage', { problem: 'option-missing', option, command: 'evaluate' });
    }
    await scoreModel(context, { ...options, model: model!, data: data!, calibrate }, out);
    return true;
  },
});

async function scoreModel(
  context: CommandContext,
  options: Parameters<typeof evaluateClassifier>[0],
  out: string | undefined,
): Promise<void> {
  const words = TERMINAL[context.language];
  // Before the work, so that a folder that cannot be written to is not found out after it.
  if (out !== undefined) await checkEvaluationFolder(out);
  await showJob(
    context,
    async (onStage) => {
      const evaluation = await evaluateClassifier({ ...options, onStage });
      if (out !== undefined) await writeEvaluation(out, evaluation);
      const { report, temperature } = evaluation;
      return { type: 'evaluation' as const, report, temperature, output: out ?? null };
    },
    ({ report, temperature }) => {
      const misread = report.problemType === 'regression' ? 0 : report.misread.length;
      return [
        reportText(report, context.language),
        ...(options.calibrate ? [words.calibrated(temperature.toFixed(3), join(options.model, 'config.json'))] : []),
        ...(out !== undefined ? [words.evaluationWritten(out)] : misread > 0 ? [words.misread(grouped(misread))] : []),
      ].join('\n');
    },
  );
}

async function comparePlaces(
  context: CommandContext,
  options: Parameters<typeof compare>[0],
  out: string | undefined,
): Promise<void> {
  const words = TERMINAL[context.language];
  if (out !== undefined) await checkEvaluationFolder(out);
  await showJob(
    context,
    async (onStage) => {
      const comparison = await compare({ ...options, onStage });
      if (out !== undefined) await writeComparison(out, comparison);
      return { type: 'comparison' as const, comparison, output: out ?? null };
    },
    ({ comparison }) =>
      [comparisonText(comparison, context.language), ...(out === undefined ? [] : [words.evaluationWritten(out)])].join(
        '\n',
      ),
  );
}
