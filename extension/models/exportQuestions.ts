/** The questions of "Export Model": what for and in which precision; what to measure on where answers change. */

import * as vscode from 'vscode';
import type { Precision } from '../../trainer-core/protocol/exportConfig.js';
import { tableChoices, textChoices } from '../start/dataChoices.js';
import { type Choice, pickStep } from '../start/questions.js';
import { runSteps, type Step } from '../start/steps.js';
import { readModel } from './modelFolder.js';

export interface ExportAnswers {
  /** Of the ONNX files; none: a Hugging Face folder. */
  precisions: readonly Precision[];
  /** What half precision and 8 bits are measured on. */
  dev?: string;
}

/** Asks them; undefined when the user cancelled. */
export async function askExport(title: string, model: string): Promise<ExportAnswers | undefined> {
  const isClassifier = (await readModel(model))?.kind === 'classifier';
  let answers: ExportAnswers = { precisions: [] };
  const measure = pickStep<string>(
    () => ({
      placeholder: isClassifier
        ? vscode.l10n.t('Table to measure on: an export that is a point worse than single precision is not written')
        : vscode.l10n.t('Text to measure on: an export that is a point worse than single precision is not written'),
      choices: isClassifier ? tableChoices(['dev', 'valid'], []) : textChoices(),
      before: answers.dev,
    }),
    (dev) => {
      answers = { ...answers, dev };
    },
  );
  const format = pickStep<readonly Precision[]>(
    () => ({
      placeholder: vscode.l10n.t('What is the model exported for?'),
      choices: formatChoices(),
      before: answers.precisions,
    }),
    (precisions) => {
      answers = { precisions };
      // Single precision answers as the model does; anything else has to be measured.
      const lossy = precisions.some((each) => each !== 'fp32');
      steps.splice(1, steps.length, ...(lossy ? [measure] : []));
    },
  );
  const steps: Step[] = [format];
  return (await runSteps(title, steps)) ? answers : undefined;
}

function formatChoices(): Choice<readonly Precision[]>[] {
  const onnx = (label: string, detail: string, value: readonly Precision[]) => ({
    label: `$(file-binary) ${label}`,
    description: value.join(', '),
    detail,
    value,
  });
  return [
    {
      label: `$(folder) ${vscode.l10n.t('Hugging Face folder')}`,
      description: 'safetensors',
      detail: vscode.l10n.t('For Transformers, and for training on'),
      value: [],
    },
    onnx(
      vscode.l10n.t('ONNX, 8 bits'),
      vscode.l10n.t('A quarter of the size and fastest on processors; measured on a file of yours'),
      ['int8'],
    ),
    onnx(
      vscode.l10n.t('ONNX, half precision'),
      vscode.l10n.t('Half the size, for graphics processors; measured on a file of yours'),
      ['fp16'],
    ),
    onnx(vscode.l10n.t('ONNX, single precision'), vscode.l10n.t('Answers exactly as the model does'), ['fp32']),
    onnx(vscode.l10n.t('ONNX, all three'), vscode.l10n.t('Side by side, with sizes, times and scores'), [
      'fp32',
      'fp16',
      'int8',
    ]),
  ];
}
