/** The Training Dashboard: draws what the extension sends and sends back what the user presses. */

import './dashboard.css';
import type { ExtensionMessage, RunSummary } from '../trainer-core/protocol/dashboardMessages.js';
import { type ChartedRun, Charts } from './charts/charts.js';
import { registerComponents } from './components.js';
import { element, setChildren } from './element.js';
import { EvaluationSection } from './evaluation/evaluationSection.js';
import { keepState, keptState, listen, send } from './host.js';
import type { Remark } from './metrics/metricsHistory.js';
import { emptyPage } from './run/emptyPage.js';
import { RunHeader } from './run/runHeader.js';
import { RunHistories } from './run/runHistories.js';
import { RunPicker } from './run/runPicker.js';
import { validSelection } from './run/selection.js';
import { Settings } from './run/settings.js';
import type { DashboardState } from './state.js';
import { followTheme, onThemeChange } from './theme.js';
import { t } from './words.js';

registerComponents();
followTheme();

let state = keptState();
/** Undefined before the first word of the extension. */
let runs: readonly RunSummary[] | undefined;
let followed: readonly string[] = [];
let drawing = false;

const NO_REMARKS: readonly Remark[] = [];
const histories = new RunHistories();
const header = new RunHeader();
const picker = new RunPicker(change);
const charts = new Charts(change, redraw);
const settings = new Settings(change);
const evaluation = new EvaluationSection(change);
const skip = element('a', { class: 'skip', href: '#charts' }, t('Skip to the charts'));
const waiting = element('vscode-progress-ring', { 'aria-label': t('Reading the runs') });
const loading = element('p', { class: 'loading', role: 'status' }, t('Reading the metrics…'));
const empty = emptyPage();
const main = element('main', {}, waiting);
document.body.append(main);

listen((message) => {
  receive(message);
  redraw();
});
onThemeChange(redraw);
send({ type: 'ready' });

function receive(message: ExtensionMessage): void {
  switch (message.type) {
    case 'runs':
      runs = message.runs;
      break;
    case 'config':
      histories.configure(message.folder, message.config);
      break;
    case 'metrics':
      histories.append(message);
      break;
    case 'show':
      change({ selected: [...message.folders], zoom: null, evaluation: null, misreadPage: 0 });
      break;
  }
}

/** The one way in which what is shown changes by the user's hand. */
function change(changed: Partial<DashboardState>): void {
  const [main] = state.selected;
  state = { ...state, ...changed };
  // Another run has other steps and other evaluations.
  if (changed.selected && changed.selected[0] !== main) state = { ...state, evaluation: null, misreadPage: 0 };
  if (changed.selected && changed.zoom === undefined) state = { ...state, zoom: null };
  keepState(state);
  redraw();
}

/** Draws with the next frame, however often it is called before. */
function redraw(): void {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    draw();
  });
}

function draw(): void {
  if (!runs) return;
  const selected = validSelection(state.selected, runs);
  follow(selected);
  const shown = { ...state, selected };
  const [first] = selected;
  if (first === undefined) {
    setChildren(main, [empty]);
    return;
  }

  header.update(runs.find(({ folder }) => folder === first)!, histories.get(first)?.history.remarks ?? NO_REMARKS);
  picker.update(runs, shown);
  const named = selected.map((folder) => ({ folder, name: runs!.find((run) => run.folder === folder)!.name }));
  settings.update(
    named.map(({ folder, name }) => ({ name, config: histories.get(folder)?.config })),
    shown,
  );
  evaluation.update(
    named.map((run) => ({ ...run, evaluations: histories.get(run.folder)?.history.evaluations ?? [] })),
    shown,
  );
  loading.hidden = selected.every((folder) => histories.get(folder)?.complete);
  setChildren(main, [
    skip,
    header.element,
    picker.element,
    loading,
    charts.element,
    evaluation.element,
    settings.element,
  ]);
  charts.update(
    named.flatMap((run): ChartedRun[] => {
      const history = histories.get(run.folder)?.history;
      return history ? [{ ...run, history }] : [];
    }),
    shown,
  );
}

/** Asks for the runs that are shown, when they are others than before. */
function follow(selected: readonly string[]): void {
  if (selected.length === followed.length && selected.every((folder) => followed.includes(folder))) return;
  followed = selected;
  histories.keepOnly(selected);
  send({ type: 'follow', folders: [...selected] });
}
