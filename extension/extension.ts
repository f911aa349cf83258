/** The extension's entry: registers commands and views; everything heavy waits until one of them is used. */

import * as vscode from 'vscode';
import { ClassificationDecorations } from './classificationDecorations.js';
import { ActiveClassifier, classifySelection } from './classifySelection.js';
import { DASHBOARD_VIEW, DashboardView } from './dashboardView.js';
import { startDistillation } from './startDistillation.js';

/** Called by VS Code when the first of our commands or views is used; what it subscribes ends with the window. */
export function activate(context: vscode.ExtensionContext): void {
  const classifier = new ActiveClassifier(context.extensionPath);
  const decorations = new ClassificationDecorations();
  const command = (name: string, run: () => unknown) =>
    vscode.commands.registerCommand(`distilbertStudio.${name}`, run);
  context.subscriptions.push(
    classifier,
    decorations,
    vscode.window.registerWebviewViewProvider(DASHBOARD_VIEW, new DashboardView(context.extensionUri)),
    command('startDistillation', () => startDistillation(context)),
    command('classifySelection', () => classifySelection(classifier, decorations)),
    command('clearClassification', () => decorations.clear()),
    command('openDashboard', () => vscode.commands.executeCommand(`${DASHBOARD_VIEW}.focus`)),
  );
}
