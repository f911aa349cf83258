/** Labels behind the classified lines of an editor, with every probability in the hover. */

import * as vscode from 'vscode';
import type { Classification } from './classifierProcess.js';
import type { SelectedLine } from './selectedLines.js';

/** Set while an editor shows labels: the "Clear" command is offered only then. */
const SHOWN_CONTEXT = 'distilbertStudio.hasClassification';

/** Shows labels until they are cleared, replaced, or the text under them changes. */
export class ClassificationDecorations implements vscode.Disposable {
  readonly #type = vscode.window.createTextEditorDecorationType({
    after: { color: new vscode.ThemeColor('editorCodeLens.foreground'), margin: '0 0 0 2em' },
  });
  readonly #listener = vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
    if (document === this.#editor?.document && contentChanges.length > 0) this.clear();
  });
  #editor: vscode.TextEditor | undefined;

  /** Puts `answers[i]` behind `lines[i]`. */
  show(editor: vscode.TextEditor, lines: readonly SelectedLine[], answers: readonly Classification[]): void {
    this.clear();
    editor.setDecorations(
      this.#type,
      answers.map((answer, index) => {
        const { range } = editor.document.lineAt(lines[index]!.line);
        return { range, hoverMessage: table(answer), renderOptions: { after: { contentText: title(answer) } } };
      }),
    );
    this.#setShown(editor);
  }

  /** Takes all labels away. */
  clear(): void {
    this.#editor?.setDecorations(this.#type, []);
    this.#setShown(undefined);
  }

  dispose(): void {
    this.#listener.dispose();
    this.#type.dispose();
  }

  #setShown(editor: vscode.TextEditor | undefined): void {
    this.#editor = editor;
    void vscode.commands.executeCommand('setContext', SHOWN_CONTEXT, editor !== undefined);
  }
}

const percent = (score: number) =>
  score.toLocaleString(vscode.env.language, { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 });

function title({ label, score }: Classification): string {
  return `${label} ${percent(score)}`;
}

/** Labels come from a model's config, so they are put in as text, not as Markdown. */
function table({ scores }: Classification): vscode.MarkdownString {
  const hover = new vscode.MarkdownString();
  const rows = Object.entries(scores).sort(([, a], [, b]) => b - a);
  hover.appendMarkdown(`| ${vscode.l10n.t('Label')} | ${vscode.l10n.t('Probability')} |\n|---|--:|\n`);
  for (const [label, score] of rows) {
    hover
      .appendMarkdown('| ')
      .appendText(label.replaceAll('|', '\uff5c'))
      .appendMarkdown(` | ${percent(score)} |\n`);
  }
  return hover;
}
