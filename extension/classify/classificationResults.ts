/** What was classified in this window and still holds: the one list behind the labels in editors and the results view. */

import * as vscode from 'vscode';
import type { Explanation } from '../../trainer-core/protocol/explanation.js';
import type { Classification } from '../api.js';
import { type Lines, movedLines } from './movedLines.js';
import type { SelectedText, TextPlace } from './selectedTexts.js';
import { THRESHOLD_SETTING } from './threshold.js';

/** A text that was classified, or is being. */
export interface ClassificationResult extends Lines {
  readonly uri: vscode.Uri;
  /** Where the text stands, from `firstLine` on. */
  readonly places: readonly TextPlace[];
  /** All of its lines when it was asked: the label holds as long as they read like this. */
  readonly lines: string;
  /** Undefined until it is there. */
  answer: (Classification & { explanation?: Explanation }) | undefined;
}

/** A result with its answer. */
export type Answered = ClassificationResult & { answer: NonNullable<ClassificationResult['answer']> };

/** Set while there is any result. */
const CONTEXT = 'distilbertStudio.hasClassification';

/** Results follow the edits of their documents; one whose lines change is dropped, those of other lines move along. */
export class ClassificationResults implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  /** Fires after results were added or dropped, or are to be shown otherwise. Moving is no change: editors move labels themselves. */
  readonly onDidChange = this.#changed.event;
  readonly #listener = vscode.Disposable.from(
    vscode.workspace.onDidChangeTextDocument((change) => this.#follow(change)),
    vscode.workspace.onDidOpenTextDocument((document) => this.#drop((result) => !holds(result, document))),
    vscode.workspace.onDidCloseTextDocument(({ isUntitled, uri }) => {
      if (isUntitled) this.#drop((result) => result.uri.toString() === uri.toString());
    }),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration(THRESHOLD_SETTING)) this.#changed.fire();
    }),
  );
  #results: ClassificationResult[] = [];
  #model: string | undefined;

  /** By document, then by line. */
  get answered(): Answered[] {
    return this.#results
      .filter(isAnswered)
      .sort((a, b) => compare(`${a.uri}`, `${b.uri}`) || a.firstLine - b.firstLine);
  }

  /** Whether any of them is explained. */
  get hasExplanation(): boolean {
    return this.#results.some(({ answer }) => answer?.explanation !== undefined);
  }

  /** The results in a document. */
  in(document: vscode.TextDocument): Answered[] {
    const uri = document.uri.toString();
    return this.#results.filter(isAnswered).filter((result) => result.uri.toString() === uri);
  }

  /** Follows these texts from now on, so that their answers find them however the document is edited meanwhile. */
  expect(document: vscode.TextDocument, texts: readonly SelectedText[]): ClassificationResult[] {
    const expected = texts.map(({ firstLine, lastLine, places }) => ({
      uri: document.uri,
      firstLine,
      lastLine,
      places,
      lines: textOf(document, firstLine, lastLine),
      answer: undefined,
    }));
    this.#results = [...this.#results, ...expected];
    return expected;
  }

  /**
   * Takes the answers of the first of these texts; the rest is given up. Older results of the same lines go, and all of another
   * model, because labels of two models cannot be compared.
   */
  settle(expected: readonly ClassificationResult[], answers: readonly Classification[], model: string): void {
    const followed = new Set(this.#results);
    expected.forEach((result, index) => {
      result.answer = answers[index];
    });
    const arrived = new Set(expected.filter((result) => result.answer !== undefined && followed.has(result)));
    const places = new Set([...arrived].flatMap(placesOf));
    const another = arrived.size > 0 && model !== this.#model;
    const given = new Set(expected);
    this.#results = this.#results.filter((result) => {
      if (given.has(result)) return arrived.has(result);
      return !isAnswered(result) || !(another || placesOf(result).some((place) => places.has(place)));
    });
    if (another) this.#model = model;
    this.#fire();
  }

  /** Forgets all of it. */
  clear(): void {
    this.#drop(isAnswered);
  }

  dispose(): void {
    this.#listener.dispose();
    this.#changed.dispose();
  }

  #follow({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    if (this.#results.length === 0 || contentChanges.length === 0) return;
    const uri = document.uri.toString();
    const lost = new Set<ClassificationResult>();
    for (const result of this.#results) {
      if (result.uri.toString() !== uri) continue;
      const { touched, ...lines } = movedLines(result, contentChanges);
      Object.assign(result, lines);
      if (touched && !holds(result, document)) lost.add(result);
    }
    this.#drop((result) => lost.has(result));
  }

  #drop(goes: (result: ClassificationResult) => boolean): void {
    const kept = this.#results.filter((result) => !goes(result));
    if (kept.length === this.#results.length) return;
    this.#results = kept;
    this.#fire();
  }

  #fire(): void {
    void vscode.commands.executeCommand('setContext', CONTEXT, this.#results.some(isAnswered));
    this.#changed.fire();
  }
}

/** From the start of the first line to the end of the last, as far as the document goes. */
export function linesRange(document: vscode.TextDocument, { firstLine, lastLine }: Lines): vscode.Range {
  return document.validateRange(new vscode.Range(firstLine, 0, lastLine, Number.MAX_SAFE_INTEGER));
}

function isAnswered(result: ClassificationResult): result is Answered {
  return result.answer !== undefined;
}

/** The lines a result lies on, as keys. */
function placesOf({ uri, firstLine, lastLine }: ClassificationResult): string[] {
  return Array.from({ length: lastLine - firstLine + 1 }, (_, index) => `${firstLine + index} ${uri}`);
}

/** Whether the result's lines read as they did; true for another document's. */
function holds({ uri, firstLine, lastLine, lines }: ClassificationResult, document: vscode.TextDocument): boolean {
  return uri.toString() !== document.uri.toString() || textOf(document, firstLine, lastLine) === lines;
}

function textOf(document: vscode.TextDocument, firstLine: number, lastLine: number): string {
  if (lastLine >= document.lineCount) return '';
  return document.getText(linesRange(document, { firstLine, lastLine }));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
