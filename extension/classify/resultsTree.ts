/** The view "Classification Results": one row a text; a click goes to it. */

import path from 'node:path';
import * as vscode from 'vscode';
import { type Answered, type ClassificationResults, linesRange } from './classificationResults.js';
import { shownColor, shownLabel } from './shownLabel.js';

/** The view's id in the manifest. */
export const RESULTS_VIEW = 'distilbertStudio.results';
/** The longest text of a row, in characters. */
const TEXT_CHARACTERS = 200;
/** A tree is sent to the window whole: beyond this many rows that takes seconds. */
const ROWS = 2000;

/** How many results have no row. */
interface More {
  count: number;
}

/** Rows are the results themselves, by document and line. */
export class ResultsTree implements vscode.TreeDataProvider<Answered | More> {
  readonly onDidChangeTreeData: vscode.Event<void>;
  readonly #results: ClassificationResults;

  constructor(results: ClassificationResults) {
    this.#results = results;
    this.onDidChangeTreeData = results.onDidChange;
  }

  getChildren(parent?: Answered | More): (Answered | More)[] {
    if (parent) return [];
    const { answered } = this.#results;
    if (answered.length <= ROWS) return answered;
    return [...answered.slice(0, ROWS), { count: answered.length - ROWS }];
  }

  getTreeItem(row: Answered | More): vscode.TreeItem {
    return 'count' in row ? moreItem(row) : resultItem(row);
  }
}

/** The label comes first: it stays in sight when the view is narrow. */
function resultItem(result: Answered): vscode.TreeItem {
  const { text } = result.answer;
  const item = new vscode.TreeItem(shownLabel(result.answer));
  item.description = text.slice(0, TEXT_CHARACTERS);
  item.iconPath = new vscode.ThemeIcon('circle-filled', new vscode.ThemeColor(shownColor(result.answer)));
  item.tooltip = `${item.description}\n${path.basename(result.uri.fsPath)}:${result.firstLine + 1}`;
  item.command = { command: 'distilbertStudio.revealClassification', title: '', arguments: [result] };
  return item;
}

function moreItem({ count }: More): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('and {0} more', count));
  item.tooltip = vscode.l10n.t('Copying and saving take all of them.');
  return item;
}

/** Selects the lines of a result in their document. */
export async function revealClassification(result: Answered): Promise<void> {
  const document = await vscode.workspace.openTextDocument(result.uri);
  await vscode.window.showTextDocument(document, { selection: linesRange(document, result) });
}
