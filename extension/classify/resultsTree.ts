/** The view "Classification Results": one row a text, and below an explained one a row a word; a click goes to it. */

import path from 'node:path';
import * as vscode from 'vscode';
import { byStrength, signed, type WeighedWord } from '../../trainer-core/protocol/heat.js';
import { type Answered, type ClassificationResults, linesRange } from './classificationResults.js';
import { heatColors, stretchesOf } from './explanationHeat.js';
import { shownColor, shownLabel } from './shownLabel.js';
import { chosenThreshold } from './threshold.js';

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

/** A word of an explained text. */
interface Word {
  result: Answered;
  word: WeighedWord;
}

type Row = Answered | Word | More;

/** Rows are the results themselves, by document and line, and their words, the strongest first. */
export class ResultsTree implements vscode.TreeDataProvider<Row> {
  readonly onDidChangeTreeData: vscode.Event<void>;
  readonly #results: ClassificationResults;
  #threshold: number | null = null;

  constructor(results: ClassificationResults) {
    this.#results = results;
    this.onDidChangeTreeData = results.onDidChange;
  }

  getChildren(parent?: Row): Row[] {
    if (parent) return 'answer' in parent ? wordsOf(parent) : [];
    this.#threshold = chosenThreshold();
    const { answered } = this.#results;
    if (answered.length <= ROWS) return answered;
    return [...answered.slice(0, ROWS), { count: answered.length - ROWS }];
  }

  getTreeItem(row: Row): vscode.TreeItem {
    if ('count' in row) return moreItem(row);
    return 'word' in row ? wordItem(row) : resultItem(row, this.#threshold);
  }
}

function wordsOf(result: Answered): Word[] {
  return byStrength(result.answer.explanation?.words ?? []).map((word) => ({ result, word }));
}

/** What a word adds comes first, as a number; a screen reader is told for which label. */
function wordItem({ result, word }: Word): vscode.TreeItem {
  const item = new vscode.TreeItem(`${signed(word.weight)}  ${word.text}`);
  const label = result.answer.explanation?.label ?? '';
  item.tooltip = vscode.l10n.t('{0} adds {1} to the log-odds of {2}.', word.text, signed(word.weight), label);
  item.accessibilityInformation = { label: item.tooltip };
  const color = new vscode.ThemeColor(heatColors(word.weight < 0 ? -1 : 1).line);
  const isNothing = signed(word.weight) === '0.00';
  item.iconPath = isNothing
    ? new vscode.ThemeIcon('circle-small')
    : new vscode.ThemeIcon(word.weight < 0 ? 'remove' : 'add', color);
  item.command = { command: 'distilbertStudio.revealClassification', title: '', arguments: [result, word] };
  return item;
}

/** The label comes first: it stays in sight when the view is narrow. */
function resultItem(result: Answered, threshold: number | null): vscode.TreeItem {
  const { text } = result.answer;
  const { Collapsed, None } = vscode.TreeItemCollapsibleState;
  const isExplained = result.answer.explanation !== undefined;
  const item = new vscode.TreeItem(shownLabel(result.answer, threshold), isExplained ? Collapsed : None);
  item.contextValue = 'result';
  item.description = text.slice(0, TEXT_CHARACTERS);
  item.iconPath = new vscode.ThemeIcon('circle-filled', new vscode.ThemeColor(shownColor(result.answer, threshold)));
  item.tooltip = `${item.description}\n${path.basename(result.uri.fsPath)}:${result.firstLine + 1}`;
  item.command = { command: 'distilbertStudio.revealClassification', title: '', arguments: [result] };
  return item;
}

function moreItem({ count }: More): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.l10n.t('and {0} more', count));
  item.tooltip = vscode.l10n.t('Copying and saving take all of them.');
  return item;
}

/** Selects the lines of a result in their document, or one of its words. */
export async function revealClassification(result: Answered, word?: WeighedWord): Promise<void> {
  const document = await vscode.workspace.openTextDocument(result.uri);
  const stretches = word === undefined ? [] : stretchesOf(word, result.places);
  const [first, last] = [stretches[0], stretches.at(-1)];
  const line = (of: { line: number }) => result.firstLine + of.line;
  const selection =
    first && last ? new vscode.Range(line(first), first.from, line(last), last.to) : linesRange(document, result);
  await vscode.window.showTextDocument(document, { selection });
}
