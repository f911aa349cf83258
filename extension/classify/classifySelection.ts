/** The command "Classify Selection": the selected texts go to the active classifier, and their labels appear behind them. */

import * as vscode from 'vscode';
import type { Classification } from '../api.js';
import type { ActiveClassifier } from './activeClassifier.js';
import type { ClassificationResults } from './classificationResults.js';
import { withClassifierProgress } from './classifierProgress.js';
import { offerClassifier } from './offerClassifier.js';
import { selectedTexts, type TextUnit } from './selectedTexts.js';

/** What counts as one text. */
export const UNIT_SETTING = 'distilbertStudio.classifySelection.unit';

/** Resolves with the answers; fewer than texts when it was cancelled, none when there was nothing to do or no classifier yet. */
export async function classifySelection(
  classifier: ActiveClassifier,
  results: ClassificationResults,
  editor = vscode.window.activeTextEditor,
): Promise<Classification[]> {
  if (!editor) return [];
  const model = classifier.model;
  if (model === undefined) {
    // Not waited for: the question may stand there unanswered for long.
    void offerClassifier(() => classifySelection(classifier, results, editor));
    return [];
  }
  const { document } = editor;
  const unit = vscode.workspace.getConfiguration(undefined, document).get<TextUnit>(UNIT_SETTING, 'line');
  const texts = selectedTexts(editor, unit);
  if (texts.length === 0) return [];
  const expected = results.expect(document, texts);
  let answers: Classification[] = [];
  try {
    const work = texts.map(({ text }) => text);
    answers = await withClassifierProgress(classifier, work.length, (options) => classifier.classify(work, options));
  } finally {
    results.settle(expected, answers, model);
  }
  return answers;
}
