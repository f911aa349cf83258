/** The texts of an editor that Classify Selection is about, and where in it they stand. */

import type * as vscode from 'vscode';

/** What counts as one text: the setting `distilbertStudio.classifySelection.unit`. */
export type TextUnit = 'line' | 'selection';

/** A stretch of a text that stands in one line of the document. */
export interface TextPlace {
  /** In the text, UTF-16 code units; `end` not in it. */
  start: number;
  end: number;
  /** The line, counted from the text's first one, and the character in it at which the stretch begins. */
  line: number;
  character: number;
}

/** A text, without blanks at its ends, and the lines it lies on, from 0 as the editor counts. */
export interface SelectedText {
  firstLine: number;
  lastLine: number;
  text: string;
  places: TextPlace[];
}

type Editor = Pick<vscode.TextEditor, 'document' | 'selections'>;

/** What is selected of a line, without blanks at its ends. */
interface Part {
  line: number;
  character: number;
  text: string;
}

/** Blank texts are left out; a cursor without a selection stands for its whole line. In the order of lines. */
export function selectedTexts(editor: Editor, unit: TextUnit): SelectedText[] {
  const texts = unit === 'line' ? linesOf(editor) : selectionsOf(editor);
  return texts.sort((a, b) => a.firstLine - b.firstLine);
}

/** Each selected line once, its selected parts put together. */
function linesOf({ document, selections }: Editor): SelectedText[] {
  const byLine = new Map<number, Part[]>();
  for (const part of selections.flatMap((selection) => partsOf(document, selection))) {
    byLine.set(part.line, [...(byLine.get(part.line) ?? []), part]);
  }
  return [...byLine].map(([line, parts]) => joined(parts, line, line));
}

function selectionsOf({ document, selections }: Editor): SelectedText[] {
  return selections.flatMap((selection) => {
    const parts = partsOf(document, selection);
    if (parts.length === 0) return [];
    const { start, end } = selection;
    // A selection of whole lines ends at the start of the next one, which is none of it.
    const lastLine = Math.max(start.line, end.line - (end.character === 0 ? 1 : 0));
    return [joined(parts, start.line, lastLine)];
  });
}

/** A selection line by line, blank parts left out. */
function partsOf(document: vscode.TextDocument, { isEmpty, start, end }: vscode.Selection): Part[] {
  const parts: Part[] = [];
  for (let line = start.line; line <= end.line; line++) {
    const whole = document.lineAt(line).text;
    const from = !isEmpty && line === start.line ? start.character : 0;
    const to = !isEmpty && line === end.line ? end.character : whole.length;
    // A line to the editor, but the classifier's process would end one there.
    const part = whole.slice(from, to).replace(/[\u2028\u2029]/g, ' ');
    const text = part.trim();
    if (text !== '') parts.push({ line, character: from + part.length - part.trimStart().length, text });
  }
  return parts;
}

/** The parts with a space between them. */
function joined(parts: readonly Part[], firstLine: number, lastLine: number): SelectedText {
  const places: TextPlace[] = [];
  let end = -1;
  for (const { line, character, text } of parts) {
    const start = end + 1;
    end = start + text.length;
    places.push({ start, end, line: line - firstLine, character });
  }
  return { firstLine, lastLine, text: parts.map(({ text }) => text).join(' '), places };
}
