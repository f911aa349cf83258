/** Where lines are after an edit. */

import type * as vscode from 'vscode';

/** Lines of a document, counted from 0. */
export interface Lines {
  firstLine: number;
  lastLine: number;
}

/** What is needed of a change: its range before the edit, and the text it put there. */
export type TextChange = Pick<vscode.TextDocumentContentChangeEvent, 'range' | 'text'>;

/**
 * Where the lines lie once `changes` (of one edit, their ranges as before it) are made, and whether a change touched them, so
 * that their text may differ now.
 */
export function movedLines(
  { firstLine, lastLine }: Lines,
  changes: readonly TextChange[],
): Lines & { touched: boolean } {
  let moved = 0;
  let touched = false;
  for (const { range, text } of changes) {
    const { start, end } = range;
    touched ||= start.line <= lastLine && end.line >= firstLine;
    // What ends at the very start of the first line lies before it: Enter there pushes the line down.
    const before = end.line < firstLine || (end.line === firstLine && end.character === 0);
    if (before) moved += text.split('\n').length - 1 - (end.line - start.line);
  }
  return { firstLine: firstLine + moved, lastLine: lastLine + moved, touched };
}
