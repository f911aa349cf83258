/** The Training Dashboard: draws what the extension sends and sends back what the user presses. */

import { DASHBOARD_WORDS_ID, type DashboardWords } from '../trainer-core/protocol/dashboardMessages.js';
import { registerComponents } from './components.js';
import { keep, listen, send } from './host.js';
import { runsTable } from './runsTable.js';

registerComponents();
const words: DashboardWords = JSON.parse(document.getElementById(DASHBOARD_WORDS_ID)?.textContent ?? '');
const main = document.querySelector('main')!;

listen((message) => {
  keep(message);
  main.replaceChildren(message.runs.length > 0 ? runsTable(message.runs, words, revealRun) : noRuns());
});
send({ type: 'ready' });

function revealRun(folder: string): void {
  send({ type: 'revealRun', folder });
}

function noRuns(): HTMLElement {
  const section = document.createElement('section');
  const text = document.createElement('p');
  text.textContent = words.noRuns;
  const start = document.createElement('vscode-button');
  start.textContent = words.startDistillation;
  start.addEventListener('click', () => send({ type: 'startDistillation' }));
  section.append(text, start);
  return section;
}
