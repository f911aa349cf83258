/** What a workspace without runs shows: how to get the first one. */

import { DASHBOARD_COMMANDS } from '../../trainer-core/protocol/dashboardMessages.js';
import { element } from '../element.js';
import { send } from '../host.js';
import { t } from '../words.js';

/** A new section with its buttons. */
export function emptyPage(): HTMLElement {
  const labels: Record<(typeof DASHBOARD_COMMANDS)[number], string> = {
    startDistillation: t('Start Distillation'),
    startFineTuning: t('Start Fine-Tuning'),
    openSampleWorkspace: t('Open Sample Workspace'),
  };
  return element(
    'section',
    { class: 'empty' },
    element('h2', {}, t('No runs in this workspace yet')),
    element(
      'p',
      {},
      t(
        'A distillation teaches a small model on plain text what a large one knows; fine-tuning teaches it your own classes. Each writes a run into the workspace, which appears here while it goes.',
      ),
    ),
    ...DASHBOARD_COMMANDS.map((command, index) =>
      element(
        'vscode-button',
        { appearance: index === 0 ? 'primary' : 'secondary', click: () => send({ type: 'command', command }) },
        labels[command],
      ),
    ),
  );
}
