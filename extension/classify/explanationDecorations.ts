/** The heat of explained texts in every visible editor: a fill, and a line below, solid for the label and dashed against it. */

import * as vscode from 'vscode';
import { HEAT_STEPS } from '../../trainer-core/protocol/heat.js';
import type { Answered, ClassificationResults } from './classificationResults.js';
import { heatColors, heatStretches } from './explanationHeat.js';

/** Shows it where it belongs; editors move it along while their text is edited elsewhere. */
export class ExplanationDecorations implements vscode.Disposable {
  /** By step; made when first used. */
  #types: ReadonlyMap<number, vscode.TextEditorDecorationType> | undefined;
  readonly #listener: vscode.Disposable;

  constructor(results: ClassificationResults) {
    const show = (editors: readonly vscode.TextEditor[]) => {
      // Nothing was explained yet, or nothing is left that was.
      const isExplained = results.hasExplanation;
      if (!isExplained && this.#types === undefined) return;
      for (const editor of editors) this.#show(editor, isExplained ? results.in(editor.document) : []);
    };
    this.#listener = vscode.Disposable.from(
      results.onDidChange(() => show(vscode.window.visibleTextEditors)),
      vscode.window.onDidChangeVisibleTextEditors(show),
    );
  }

  dispose(): void {
    this.#listener.dispose();
    for (const type of this.#types?.values() ?? []) type.dispose();
  }

  #show(editor: vscode.TextEditor, results: readonly Answered[]): void {
    const stretches = results.flatMap(({ answer, places, firstLine }) =>
      answer.explanation === undefined
        ? []
        : heatStretches(answer.explanation, places).map(({ line, from, to, step }) => ({
            step,
            range: new vscode.Range(firstLine + line, from, firstLine + line, to),
          })),
    );
    this.#types ??= new Map(steps().map((step) => [step, decorationType(step)]));
    for (const [step, type] of this.#types) {
      const ranges = stretches.filter((stretch) => stretch.step === step).map(({ range }) => range);
      editor.setDecorations(type, ranges);
    }
  }
}

/** -3 to 3 without 0. */
function steps(): number[] {
  return Array.from({ length: 2 * HEAT_STEPS + 1 }, (_, i) => i - HEAT_STEPS).filter((step) => step !== 0);
}

/** Side and strength can be told without colours too: by the line's kind and its width. */
function decorationType(step: number): vscode.TextEditorDecorationType {
  const { fill, line } = heatColors(step);
  return vscode.window.createTextEditorDecorationType({
    backgroundColor: new vscode.ThemeColor(fill),
    borderColor: new vscode.ThemeColor(line),
    borderStyle: step > 0 ? 'solid' : 'dashed',
    borderWidth: `0 0 ${Math.abs(step)}px 0`,
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
}
