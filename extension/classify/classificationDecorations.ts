/** Labels behind the classified lines of every visible editor, with all probabilities and the explanation in the hover. */

import * as vscode from 'vscode';
import { type Answered, type ClassificationResults, linesRange } from './classificationResults.js';
import { probabilityTable } from './classificationWords.js';
import { escapeMarkdown } from './escapeMarkdown.js';
import { heatMarkdown } from './explanationHeat.js';
import { shownColor, shownLabel } from './shownLabel.js';
import { chosenThreshold } from './threshold.js';

/** Shows what the results say; editors move the labels along while their text is edited elsewhere. */
export class ClassificationDecorations implements vscode.Disposable {
  /** One type a colour, made when first used: the mark in the overview ruler has its colour by type only. */
  readonly #types = new Map<string, vscode.TextEditorDecorationType>();
  readonly #listener: vscode.Disposable;

  constructor(results: ClassificationResults) {
    const show = (editors: readonly vscode.TextEditor[]) => {
      for (const editor of editors) this.#show(editor, results.in(editor.document));
    };
    this.#listener = vscode.Disposable.from(
      results.onDidChange(() => show(vscode.window.visibleTextEditors)),
      vscode.window.onDidChangeVisibleTextEditors(show),
    );
  }

  dispose(): void {
    this.#listener.dispose();
    for (const type of this.#types.values()) type.dispose();
  }

  #show(editor: vscode.TextEditor, results: readonly Answered[]): void {
    // Read once: there may be 100,000 results.
    const threshold = chosenThreshold();
    const colorOf = ({ answer }: Answered) => shownColor(answer, threshold);
    for (const color of new Set(results.map(colorOf))) {
      if (!this.#types.has(color)) this.#types.set(color, decorationType(color));
    }
    for (const [color, type] of this.#types) {
      const options = results
        .filter((result) => colorOf(result) === color)
        .map((result) => ({
          range: linesRange(editor.document, result),
          hoverMessage: hover(result),
          renderOptions: { after: { contentText: shownLabel(result.answer, threshold) } },
        }));
      editor.setDecorations(type, options);
    }
  }
}

function decorationType(id: string): vscode.TextEditorDecorationType {
  const color = new vscode.ThemeColor(id);
  return vscode.window.createTextEditorDecorationType({
    after: { color, margin: '0 0 0 2em' },
    overviewRulerColor: color,
    overviewRulerLane: vscode.OverviewRulerLane.Right,
    // A line begun at the end of this one must not get its label.
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
}

function hover({ answer }: Answered): vscode.MarkdownString {
  const language = vscode.env.language;
  const more = (count: number) => vscode.l10n.t('and {0} more', count);
  const probabilities = { label: vscode.l10n.t('Label'), probability: vscode.l10n.t('Probability'), more };
  const parts = [probabilityTable(answer, language, probabilities)];
  if (answer.explanation !== undefined) {
    const { label } = answer.explanation;
    const adds = vscode.l10n.t('Adds to {0} (log-odds)', escapeMarkdown(label));
    parts.push(heatMarkdown(answer.text, answer.explanation, { word: vscode.l10n.t('Word'), adds, more }));
  }
  const markdown = new vscode.MarkdownString(parts.join('\n\n---\n\n'));
  // For the heat's colours; what comes from the text is escaped.
  markdown.supportHtml = true;
  return markdown;
}
