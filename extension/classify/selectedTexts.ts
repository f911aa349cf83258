/** The texts of an editor that Classify Selection is about. */

import type * as vscode from 'vscode';
import { oneLine } from './oneLine.js';

/** What counts as one text: the setting `distilbertStudio.classifySelection.unit`. */
export type TextUnit = 'line' | 'selection';

/** A text, without blanks at its ends, and the lines it lies on, from 0 as the editor counts. */
export interface SelectedText {
  firstLine: number;
  lastLine: number;
  text: string;
}

/** Blank texts are left out; a cursor without a selection stands for its whole line. In the order of lines. */
export function selectedTexts(
  editor: Pick<vscode.TextEditor, 'document' | 'selections'>,
  unit: TextUnit,
): SelectedText[] {
  return unit === 'line' ? linesOf(editor) : selectionsOf(editor);
}

/** Each selected line once, its selected parts put together. */
function linesOf({ document, selections }: Pick<vscode.TextEditor, 'document' | 'selections'>): SelectedText[] {
  const byLine = new Map<number, string>();
  for (const { isEmpty, start, end } of selections) {
    for (let line = start.line; line <= end.line; line++) {
      const whole = document.lineAt(line).text;
      const from = !isEmpty && line === start.line ? start.character : 0;
      const to = !isEmpty && line === end.line ? end.character : whole.length;
      const text = whole.slice(from, to).trim();
      if (text !== '') byLine.set(line, byLine.has(line) ? `${byLine.get(line)} ${text}` : text);
    }
  }
  return [...byLine].map(([line, text]) => ({ firstLine: line, lastLine: line, text })).sort(byFirstLine);
}

function selectionsOf({ document, selections }: Pick<vscode.TextEditor, 'document' | 'selections'>): SelectedText[] {
  const texts: SelectedText[] = [];
  for (const selection of selections) {
    const whole = selection.isEmpty ? document.lineAt(selection.start.line).text : document.getText(selection);
    const text = oneLine(whole.trim());
    if (text === '') continue;
    // A selection of whole lines ends at the start of the next one, which is none of it.
    const lastLine = Math.max(selection.start.line, selection.end.line - (selection.end.character === 0 ? 1 : 0));
    texts.push({ firstLine: selection.start.line, lastLine, text });
  }
  return texts.sort(byFirstLine);
}

function byFirstLine(a: SelectedText, b: SelectedText): number {
  return a.firstLine - b.firstLine;
}
