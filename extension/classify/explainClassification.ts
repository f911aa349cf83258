/** The command "Explain Classification": what each word of the selected texts, or of a result, adds to its label. */

import * as vscode from 'vscode';
import type { ActiveClassifier } from './activeClassifier.js';
import type { Answered, ClassificationResults } from './classificationResults.js';
import type { ClassifyOptions, Explained } from './classifierProcess.js';
import { withClassifierProgress } from './classifierProgress.js';
import { UNIT_SETTING } from './classifySelection.js';
import { offerClassifier } from './offerClassifier.js';
import { type SelectedText, selectedTexts, type TextUnit } from './selectedTexts.js';

/** Resolves with the explained answers; fewer than texts when it was cancelled, none when there was nothing to do or no classifier yet. */
export async function explainClassification(
  classifier: ActiveClassifier,
  results: ClassificationResults,
  result?: Answered,
): Promise<Explained[]> {
  const asked = result?.answer === undefined ? ofEditor() : await ofResult(result);
  if (asked === undefined) return [];
  const { document, texts } = asked;
  const model = classifier.model;
  if (model === undefined) {
    void offerClassifier(() => explainClassification(classifier, results, result));
    return [];
  }
  const expected = results.expect(document, texts);
  let answers: Explained[] = [];
  try {
    const work = texts.map(({ text }) => text);
    const explain = (options: ClassifyOptions) => classifier.explain(work, options);
    answers = await withClassifierProgress(classifier, work.length, explain, 'explain');
  } finally {
    results.settle(expected, answers, model);
  }
  return answers;
}

interface Asked {
  document: vscode.TextDocument;
  texts: SelectedText[];
}

function ofEditor(): Asked | undefined {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return undefined;
  const unit = vscode.workspace.getConfiguration(undefined, editor.document).get<TextUnit>(UNIT_SETTING, 'line');
  const texts = selectedTexts(editor, unit);
  return texts.length === 0 ? undefined : { document: editor.document, texts };
}

async function ofResult({ uri, firstLine, lastLine, places, answer }: Answered): Promise<Asked> {
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document);
  return { document, texts: [{ firstLine, lastLine, places: [...places], text: answer.text }] };
}
