/** The statistics of a corpus: draws its corpus.json as the extension sends it, again whenever the file changes. */

import './corpusPage.css';
import type { CorpusPageMessage } from '../../trainer-core/protocol/corpusMessages.js';
import { registerComponents } from '../components.js';
import { element, setText } from '../element.js';
import { followTheme } from '../theme.js';
import { t } from '../words.js';
import { actionButton, corpusHeader } from './corpusHeader.js';
import { keepViewState, keptViewState, listenToExtension, sendToExtension } from './corpusHost.js';
import { type CorpusViewState, PANELS } from './corpusViewState.js';
import { faultSection, sourceSection, wikitextSection } from './inputSection.js';
import { keptSection } from './keptSection.js';
import { lengthSection } from './lengthSection.js';
import { makingSection } from './makingSection.js';
import { pieceSection } from './pieceSection.js';

registerComponents();
// Bars take the first curve's colour, which stands out from every theme's background.
followTheme();

let state = keptViewState();
let drawn = '';
/** What screen readers say of a change. */
const said = element('p', { class: 'hidden', role: 'status' });
const main = element(
  'main',
  { class: 'corpus' },
  element('vscode-progress-ring', { 'aria-label': t('Reading the corpus') }),
);
document.body.append(main, said);

listenToExtension((message) => {
  const received = JSON.stringify(message);
  if (received === drawn) return;
  if (drawn !== '') setText(said, t('The corpus has changed.'));
  drawn = received;
  draw(message);
});
window.addEventListener('scroll', () => keep({ scroll: window.scrollY }), { passive: true });
// The event of a panel does not rise from it, so it is caught on the way down.
main.addEventListener('toggle', () => keep({ open: openPanels() }), { capture: true });
sendToExtension({ type: 'ready' });

function draw(message: CorpusPageMessage): void {
  const { scroll } = state;
  const focused = (document.activeElement as HTMLElement | null)?.dataset.focus;
  main.replaceChildren(...(message.type === 'corpus' ? corpus(message) : problem(message.message)));
  if (focused) main.querySelector<HTMLElement>(`[data-focus="${focused}"]`)?.focus({ preventScroll: true });
  window.scrollTo(0, scroll);
}

function corpus({ name, folder, manifest }: Extract<CorpusPageMessage, { type: 'corpus' }>): HTMLElement[] {
  const parts = [
    corpusHeader(name, folder, manifest),
    faultSection(manifest),
    lengthSection(manifest, state.open),
    element('div', { class: 'side-by-side' }, keptSection(manifest), pieceSection(manifest), wikitextSection(manifest)),
    sourceSection(manifest, state.open),
    makingSection(manifest, state.open),
  ];
  return parts.filter((part) => part !== null);
}

function problem(message: string): HTMLElement[] {
  return [
    element(
      'section',
      { class: 'empty' },
      element('h1', {}, t('There are no statistics to show')),
      element('p', { class: 'reason', role: 'alert' }, message),
      actionButton('openText'),
    ),
  ];
}

function openPanels(): CorpusViewState['open'] {
  return PANELS.filter((name) => main.querySelector<HTMLDetailsElement>(`[data-panel="${name}"]`)?.open);
}

function keep(changed: Partial<CorpusViewState>): void {
  state = { ...state, ...changed };
  keepViewState(state);
}
