/** The lines of an editor that a command on the selection is about. */

import type * as vscode from 'vscode';

/** A line's number and its selected text, without blanks at the ends. */
export interface SelectedLine {
  /** From 0, as the editor counts. */
  line: number;
  text: string;
}

/** Each selected line once, in order, blank ones left out; a cursor without a selection stands for its whole line. */
export function linesOf(editor: Pick<vscode.TextEditor, 'document' | 'selections'>): SelectedLine[] {
  const byLine = new Map<number, string>();
  for (const { isEmpty, start, end } of editor.selections) {
    for (let line = start.line; line <= end.line; line++) {
      const whole = editor.document.lineAt(line).text;
      const from = !isEmpty && line === start.line ? start.character : 0;
      const to = !isEmpty && line === end.line ? end.character : whole.length;
      const text = whole.slice(from, to).trim();
      if (text !== '') byLine.set(line, byLine.has(line) ? `${byLine.get(line)} ${text}` : text);
    }
  }
  return [...byLine].map(([line, text]) => ({ line, text })).sort((a, b) => a.line - b.line);
}
