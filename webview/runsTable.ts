/** The runs of the workspace as a grid: one row a run, its last metrics in columns. */

import type { DashboardWords, RunSummary } from '../trainer-core/protocol/dashboardMessages.js';

type Column = keyof DashboardWords['columns'];

/** In reading order. The style sheet leaves out those that a narrow panel has no room for. */
const COLUMNS: readonly Column[] = ['run', 'step', 'loss', 'macroF1', 'tokensPerSecond', 'secondsLeft', 'updated'];

/** Builds the grid; `reveal` is called with a run's folder when its name is pressed. */
export function runsTable(
  runs: readonly RunSummary[],
  words: DashboardWords,
  reveal: (folder: string) => void,
): HTMLElement {
  const grid = document.createElement('vscode-data-grid');
  grid.setAttribute('aria-label', words.runs);
  // Rows are made here, not by the grid, so that a name can be a button.
  grid.setAttribute('generate-header', 'none');
  // Every row is a CSS grid of its own, so the style sheet gives all of them the same widths.
  grid.setAttribute('grid-template-columns', 'var(--columns)');
  const header = row('header', (column) => words.columns[column]);
  grid.append(
    header,
    ...runs.map((run) =>
      row('default', (column) => (column === 'run' ? runCell(run, words, reveal) : text(run, column))),
    ),
  );
  return grid;
}

function row(type: 'header' | 'default', content: (column: Column) => string | HTMLElement): HTMLElement {
  const element = document.createElement('vscode-data-grid-row');
  element.setAttribute('row-type', type);
  COLUMNS.forEach((column, index) => {
    const cell = document.createElement('vscode-data-grid-cell');
    cell.setAttribute('cell-type', type === 'header' ? 'columnheader' : 'default');
    cell.setAttribute('grid-column', String(index + 1));
    cell.className = column;
    cell.append(content(column));
    element.append(cell);
  });
  return element;
}

function runCell(run: RunSummary, words: DashboardWords, reveal: (folder: string) => void): HTMLElement {
  const cell = document.createElement('div');
  const name = document.createElement('button');
  name.textContent = run.name;
  name.title = `${words.revealRun}: ${run.folder}`;
  name.addEventListener('click', () => reveal(run.folder));
  const status = document.createElement('span');
  status.className = `status ${run.status}`;
  status.textContent = `${words.objectives[run.objective]} · ${words.statuses[run.status]}${progress(run)}`;
  cell.append(name, status);
  return cell;
}

/** How far an unfinished run is, for panels with no room for the column that says it. */
function progress({ status, globalStep, totalSteps }: RunSummary): string {
  if (status === 'finished' || !totalSteps) return '';
  return ` ${(globalStep / totalSteps).toLocaleString(document.documentElement.lang, { style: 'percent' })}`;
}

/** A value that the run has not reported shows as an empty cell. */
function text(run: RunSummary, column: Exclude<Column, 'run'>): string {
  const language = document.documentElement.lang;
  const number = (value: number | null, digits: number) =>
    value === null
      ? ''
      : value.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  switch (column) {
    case 'step':
      return run.totalSteps === null
        ? number(run.globalStep, 0)
        : `${number(run.globalStep, 0)}/${number(run.totalSteps, 0)}`;
    case 'loss':
      return number(run.loss, 3);
    case 'macroF1':
      return number(run.macroF1, 3);
    case 'tokensPerSecond':
      return number(run.tokensPerSecond, 0);
    case 'secondsLeft':
      return run.secondsLeft === null ? '' : clock(run.secondsLeft);
    case 'updated':
      return new Date(run.updatedMs).toLocaleString(language, { dateStyle: 'short', timeStyle: 'short' });
  }
}

/** 3725 → `1:02:05`. */
function clock(seconds: number): string {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
  const shown = parts[0] === 0 ? parts.slice(1) : parts;
  return shown.map((part, index) => (index === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}
