/** Commands and views of classification. */

import path from 'node:path';
import * as vscode from 'vscode';
import { registerCommand } from '../registerCommand.js';
import type { ActiveClassifier } from './activeClassifier.js';
import { ClassificationDecorations } from './classificationDecorations.js';
import { type Answered, ClassificationResults } from './classificationResults.js';
import { resultsTsv } from './classificationWords.js';
import { classifyFile } from './classifyFile.js';
import { classifySelection } from './classifySelection.js';
import { explainClassification } from './explainClassification.js';
import { ExplanationDecorations } from './explanationDecorations.js';
import { registerLanguageModelTool } from './languageModelTool.js';
import { RESULTS_VIEW, ResultsTree, revealClassification } from './resultsTree.js';
import { chosenThreshold } from './threshold.js';

/** Registers them; what is returned ends with the window. */
export function registerClassification(
  context: vscode.ExtensionContext,
  classifier: ActiveClassifier,
): vscode.Disposable[] {
  const results = new ClassificationResults();
  const tsv = () =>
    resultsTsv(
      results.answered.map(({ answer }) => answer),
      chosenThreshold(),
    );
  return [
    results,
    new ClassificationDecorations(results),
    new ExplanationDecorations(results),
    vscode.window.registerTreeDataProvider(RESULTS_VIEW, new ResultsTree(results)),
    registerCommand('classifySelection', () => classifySelection(classifier, results)),
    registerCommand('explainClassification', (result?: Answered) => explainClassification(classifier, results, result)),
    registerCommand('classifyFile', (file?: vscode.Uri) => classifyFile(context.extensionPath, classifier, file)),
    registerCommand('clearClassification', () => results.clear()),
    registerCommand('copyClassification', async () => {
      const text = tsv();
      await vscode.env.clipboard.writeText(text);
      return text;
    }),
    registerCommand('saveClassification', () => saveTsv(tsv())),
    registerCommand('revealClassification', revealClassification),
    ...registerLanguageModelTool(classifier),
  ];
}

/** Asks where, and writes. */
async function saveTsv(text: string): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const uri = await vscode.window.showSaveDialog({
    ...(folder ? { defaultUri: vscode.Uri.file(path.join(folder.fsPath, 'classification.tsv')) } : {}),
    filters: { TSV: ['tsv'] },
  });
  if (uri) await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
}
