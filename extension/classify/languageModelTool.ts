/** The tool `distilbert_classify`, with which a chat's language model asks the active classifier. */

import * as vscode from 'vscode';
import type { ActiveClassifier } from './activeClassifier.js';

/** The tool's name in the manifest. */
export const TOOL = 'distilbert_classify';

/** Registers it where the editor has such tools. Its result is one JSON object a line: text, label, score, scores. */
export function registerLanguageModelTool(classifier: ActiveClassifier): vscode.Disposable[] {
  // Editors built on VS Code may have no language models.
  if (typeof vscode.lm?.registerTool !== 'function') return [];
  const tool: vscode.LanguageModelTool<unknown> = {
    async prepareInvocation({ input }) {
      const { toolInput } = await import('./toolInput.js');
      const count = toolInput.safeParse(input).data?.texts.length ?? 0;
      return { invocationMessage: vscode.l10n.t('Classifying {0} texts with {1}', count, classifier.name ?? '?') };
    },
    async invoke({ input }, token) {
      const { toolInput } = await import('./toolInput.js');
      const { texts } = toolInput.parse(input);
      const controller = new AbortController();
      const cancellation = token.onCancellationRequested(() => controller.abort());
      const answers = await classifier
        .classify(texts, { signal: controller.signal })
        .finally(() => cancellation.dispose());
      if (token.isCancellationRequested) throw new vscode.CancellationError();
      const lines = answers.map((answer) => JSON.stringify(answer)).join('\n');
      return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(lines)]);
    },
  };
  return [vscode.lm.registerTool(TOOL, tool)];
}
