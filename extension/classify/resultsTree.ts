/** The view "Classification Results": one row a text; a click goes to it. */

import path from 'node:path';
import * as vscode from 'vscode';
import { type Answered, type ClassificationResults, linesRange } from './classificationResults.js';
import { labelText } from './classificationWords.js';
import { labelColor } from './labelColors.js';

/** The view's id in the manifest. */
export const RESULTS_VIEW = 'distilbertStudio.results';
/** The longest text of a row, in characters. */
const TEXT_CHARACTERS = 200;

/** Rows are the results themselves, by document and line. */
export class ResultsTree implements vscode.TreeDataProvider<Answered> {
  readonly onDidChangeTreeData: vscode.Event<void>;
  readonly #results: ClassificationResults;

  constructor(results: ClassificationResults) {
    this.#results = results;
    this.onDidChangeTreeData = results.onDidChange;
  }

  getChildren(parent?: Answered): Answered[] {
    return parent ? [] : this.#results.answered;
  }

  getTreeItem(result: Answered): vscode.TreeItem {
    const { text, label, scores } = result.answer;
    const item = new vscode.TreeItem(text.slice(0, TEXT_CHARACTERS));
    item.description = labelText(result.answer, vscode.env.language);
    item.iconPath = new vscode.ThemeIcon(
      'circle-filled',
      new vscode.ThemeColor(labelColor(label, Object.keys(scores))),
    );
    item.tooltip = `${item.description}\n${path.basename(result.uri.fsPath)}:${result.firstLine + 1}`;
    item.accessibilityInformation = { label: `${item.description}, ${text.slice(0, TEXT_CHARACTERS)}` };
    item.command = { command: 'distilbertStudio.revealClassification', title: '', arguments: [result] };
    return item;
  }
}

/** Selects the lines of a result in their document. */
export async function revealClassification(result: Answered): Promise<void> {
  const document = await vscode.workspace.openTextDocument(result.uri);
  await vscode.window.showTextDocument(document, { selection: linesRange(document, result) });
}
