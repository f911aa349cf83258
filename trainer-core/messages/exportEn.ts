/** The words of errors about exports in English. */

import { type Messages, points, size } from './words.js';

/** What scores are called in a sentence. */
const SCORES: Readonly<Record<string, string>> = {
  macroF1: 'macro-F1',
  pearson: "Pearson's r",
  spearman: "Spearman's ρ",
};
const scoreName = (name: string) => SCORES[name] ?? name;

type ExportErrors = Pick<
  Messages,
  | 'modelIsExported'
  | 'modelHasNoHead'
  | 'exportNeedsDev'
  | 'exportNeedsOnnx'
  | 'exportWorse'
  | 'exportNotFinite'
  | 'onnxTooLarge'
>;

export const exportEn: ExportErrors = {
  modelIsExported: ({ folder, found }) => ({
    message: `${folder} is an export for running alone (${found}): its weights are quantised or part of a graph and cannot be trained or read back.`,
    action: 'Give the folder that it was exported from, the one with model.safetensors.',
  }),
  modelHasNoHead: ({ folder }) => ({
    message: `${folder} is neither a classifier nor a masked language model: there are no logits to export.`,
    action: 'Give a fine-tuned classifier, or a model with its masked-language-model head.',
  }),
  exportNeedsDev: ({ precision }) => ({
    message: `${precision} changes what the model answers, and by how much depends on the model: it is only exported when it was measured.`,
    action:
      'Give --dev FILE: labelled texts for a classifier, plain text, a line each, for a language model. Or export fp32.',
  }),
  exportNeedsOnnx: ({ option }) => ({
    message: `${option} is for ONNX only.`,
    action: 'Add --to onnx, or leave it out.',
  }),
  exportWorse: ({ precision, dev, examples, agreement, scores, maxDrop }) => ({
    message: `${precision} is worse than fp32 by more than ${maxDrop} ${maxDrop === 1 ? 'point' : 'points'} on ${dev} (${examples} examples): ${scores
      .map(({ name, fp32, got }) => `${scoreName(name)} ${points(fp32)} → ${points(got)}`)
      .join(', ')}; it agrees with fp32 on ${points(agreement)} %. Nothing was written.`,
    action: 'Export fp32 or fp16 instead, or allow more with --max-drop.',
  }),
  exportNotFinite: ({ precision, dev }) => ({
    message: `${precision} gives answers on ${dev} that are no numbers: the model's values are too large for it. Nothing was written.`,
    action: 'Export fp32 or int8 instead.',
  }),
  onnxTooLarge: ({ precision, bytes, limitBytes }) => ({
    message: `The model as ${precision} would be a file of ${size(bytes)}; ONNX files hold at most ${size(limitBytes)}.`,
    action: 'Export a smaller model, or give it to Hugging Face programs with --to transformers.',
  }),
};
