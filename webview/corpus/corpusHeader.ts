/** A corpus at a glance: its name and place, its figures, and what can be done with it. */

import type { CorpusManifest } from '../../trainer-core/protocol/corpusManifest.js';
import { CORPUS_ACTIONS, type CorpusAction } from '../../trainer-core/protocol/corpusMessages.js';
import { element } from '../element.js';
import { bytes, integer, oneDecimal, shortPercent } from '../format.js';
import { t } from '../words.js';
import { sendToExtension } from './corpusHost.js';

/** A new header. */
export function corpusHeader(
  name: string,
  folder: string,
  { report, settings, ...manifest }: CorpusManifest,
): HTMLElement {
  const { documents, sentences, tokens, unknownTokens, lengths, textBytes } = report;
  const figures: [name: string, value: string][] = [
    [t('Documents'), integer(documents.kept)],
    [settings.sequences === 'lines' ? t('Lines') : t('Sentences'), integer(sentences.kept)],
    [t('Text'), bytes(textBytes)],
    [t('Sequences'), integer(manifest.sequences)],
    [t('Tokens'), integer(tokens)],
    [t('Unknown tokens'), shortPercent(tokens === 0 ? 0 : unknownTokens / tokens)],
    [t('Tokens in a sequence'), t('{0} on average, at most {1}', oneDecimal(lengths.mean), integer(lengths.longest))],
  ];
  return element(
    'header',
    { class: 'corpus-header' },
    element('h1', {}, name),
    element('p', { class: 'note place' }, folder),
    element(
      'dl',
      { class: 'figures' },
      ...figures.map(([term, value]) => element('div', {}, element('dt', {}, term), element('dd', {}, value))),
    ),
    element('div', { class: 'actions' }, ...CORPUS_ACTIONS.map(actionButton)),
  );
}

/** A button that asks the extension to do this with the corpus. */
export function actionButton(action: CorpusAction): HTMLElement {
  const labels: Record<CorpusAction, string> = {
    startDistillation: t('Start Distillation'),
    revealFolder: t('Show in Explorer'),
    openText: t('Open as Text'),
  };
  return element(
    'vscode-button',
    {
      appearance: action === 'startDistillation' ? 'primary' : 'secondary',
      'data-focus': action,
      click: () => sendToExtension({ type: 'action', action }),
    },
    labels[action],
  );
}
