/** `classify`: the label of each line of standard input, or of a file into a TSV. */

import { Classifier, type ClassifierOptions } from '../classify/classifier.js';
import { classifyFile } from '../classify/classifyFile.js';
import { lineInput } from '../classify/lineInput.js';
import { TERMINAL } from '../messages/terminal.js';
import { type AnswerOptions, type Classification, likeliest, sureLabel } from '../protocol/classification.js';
import { classifyConfig, readingOptions } from '../protocol/classifyConfig.js';
import { DEVICE_CHOICES } from '../protocol/devices.js';
import { TrainerError } from '../protocol/errors.js';
import { choosing } from './choosing.js';
import { type CommandContext, defineCommand } from './command.js';
import { loadConfig } from './configOptions.js';
import { showJob } from './jobProgress.js';
import { lineBatches, STANDARD_INPUT, writeText } from './lines.js';
import { grouped, percent, short } from './numbers.js';

/** What stands for standard input or output in place of a file's name. */
const PIPE = '-';

/**
 * Reads lines; writes label, score and text, or with `--json` `{text, label, score, scores}`. With `--input` and `--output` it is a
 * job: it shows its progress, and writes a file whole or not at all.
 */
export const classify = defineCommand({
  usage: '--model DIR < lines.txt, or --model DIR --input FILE --output FILE.tsv',
  options: {
    model: { type: 'string', value: 'DIR', required: true, meaning: 'Folder of a fine-tuned model.' },
    input: {
      type: 'string',
      value: 'FILE',
      meaning: 'UTF-8 text (plain or .gz) of any size, one text a line; -: standard input.',
    },
    output: {
      type: 'string',
      value: 'FILE',
      meaning:
        'TSV to write: label, score (0 to 1) and text under a header; blank lines stay, without a label; -: standard output.',
    },
    device: { type: 'string', choices: DEVICE_CHOICES, meaning: 'Where to compute.', default: 'auto' },
  },
  config: classifyConfig,
  async run(context, { model, input, output, device = 'auto' }, settings) {
    const { top, threshold, pairs, precision, ...reading } = await loadConfig(
      classifyConfig,
      undefined,
      settings,
      'classify',
    );
    const classifier = { device, precision, ...readingOptions(reading) };
    const answers = { top, threshold };
    if (input === undefined && output === undefined) return classifyLines(context, model, pairs, classifier, answers);
    if (input === undefined || output === undefined) {
      const option = input === undefined ? '--input' : '--output';
      throw new TrainerError('usage', { problem: 'option-missing', option, command: 'classify' });
    }
    const { stdin, stdout, stderr, signal, language } = context;
    const from = input === PIPE ? { name: STANDARD_INPUT, stream: stdin } : input;
    const write = async (rows: string) => {
      await writeText(stdout, rows, signal);
      signal.throwIfAborted();
    };
    const to = output === PIPE ? { name: '<stdout>', stream: write } : output;
    await showJob(
      // Rows and what is said of them must not mix.
      output === PIPE ? { ...context, stdout: stderr } : context,
      (onStage) => classifyFile({ model, input: from, output: to, answers, pairs, classifier, signal, onStage }),
      ({ lines }) => TERMINAL[language].classified(grouped(lines), output),
    );
    return true;
  },
});

async function classifyLines(
  context: CommandContext,
  model: string,
  pairs: boolean,
  options: ClassifierOptions,
  answers: AnswerOptions,
): Promise<true> {
  const { stdin, stdout, signal, json, language } = context;
  const { end, ...waiting } = choosing(context);
  const classifier = await Classifier.load(model, options, waiting).finally(end);
  const words = {
    unsure: TERMINAL[language].unsure,
    number: classifier.config.problemType === 'regression' ? short : percent,
  };
  for await (const batch of lineBatches(stdin, signal)) {
    const lines = (
      await classifier.classify(
        batch.map((line) => lineInput(line, pairs)),
        signal,
      )
    ).map((answer, i) => {
      const text = batch[i] as string;
      return json ? answerJson(text, answer, answers) : answerLine(text, answer, answers, words);
    });
    await writeText(stdout, `${lines.join('\n')}\n`, signal);
  }
  return true;
}

function answerJson(text: string, answer: Classification, { top, threshold }: AnswerOptions): string {
  const { label, score, scores, labels } = answer;
  const sure = sureLabel(answer, threshold) !== null;
  return JSON.stringify({
    text,
    label: sure ? label : null,
    score,
    scores,
    ...(labels === undefined ? {} : { labels: sure ? labels : [] }),
    ...(top === null ? {} : { top: likeliest(scores, top) }),
  });
}

/** Label, probability, the likeliest labels with theirs, and the text, with tabs between. */
function answerLine(
  text: string,
  answer: Classification,
  { top, threshold }: AnswerOptions,
  { unsure, number }: { unsure: string; number: (score: number) => string },
): string {
  const likely = likeliest(answer.scores, top ?? 0).flatMap(({ label, score }) => [label, number(score)]);
  return [sureLabel(answer, threshold) ?? unsure, number(answer.score), ...likely, text].join('\t');
}
