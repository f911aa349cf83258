/** Precision, recall, F1 and support of each class; a press on a heading puts the rows in its order. */

import type { AverageScore, ClassificationReport, ClassScore } from '../../trainer-core/protocol/report.js';
import { element } from '../element.js';
import { integer, percent } from '../format.js';
import { scrolling } from '../scrolling.js';
import { CLASS_COLUMNS, type ClassColumn, type DashboardState } from '../state.js';
import { t } from '../words.js';

/** The classes in an order; in the model's own without one. */
export function orderedClasses(classes: readonly ClassScore[], order: DashboardState['classOrder']): ClassScore[] {
  if (!order) return [...classes];
  const { column, descending } = order;
  const sorted = [...classes].sort((a, b) =>
    column === 'label' ? a.label.localeCompare(b.label) : a[column] - b[column],
  );
  return descending ? sorted.reverse() : sorted;
}

/** A new table. */
export function classTable(
  { classes, averages }: Pick<ClassificationReport, 'classes' | 'averages'>,
  order: DashboardState['classOrder'],
  reorder: (order: NonNullable<DashboardState['classOrder']>) => void,
): HTMLElement {
  const names: Record<ClassColumn, string> = {
    label: t('Class'),
    precision: t('Precision'),
    recall: t('Recall'),
    f1: t('F1'),
    support: t('Examples'),
  };
  const heading = (column: ClassColumn) => {
    const sorted = order?.column === column;
    const descending = sorted && order.descending;
    // Numbers are asked for their best or their worst; names from the first letter.
    const next = sorted ? !descending : column !== 'label';
    return element(
      'th',
      { scope: 'col', 'aria-sort': sorted ? (descending ? 'descending' : 'ascending') : 'none' },
      element(
        'button',
        { type: 'button', 'data-focus': `class-${column}`, click: () => reorder({ column, descending: next }) },
        names[column],
        element('span', { class: 'order', 'aria-hidden': 'true' }, sorted ? (descending ? '▼' : '▲') : ''),
      ),
    );
  };
  const row = ({ label, precision, recall, f1, support }: ClassScore) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row', title: label }, label),
      ...[percent(precision), percent(recall), percent(f1), integer(support)].map((text) => element('td', {}, text)),
    );
  const average = (name: string, { precision, recall, f1 }: AverageScore) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, name),
      ...[percent(precision), percent(recall), percent(f1), ''].map((text) => element('td', {}, text)),
    );
  return scrolling(
    t('Scores by class'),
    element(
      'table',
      { class: 'numbers classes' },
      element('thead', {}, element('tr', {}, ...CLASS_COLUMNS.map(heading))),
      element('tbody', {}, ...orderedClasses(classes, order).map(row)),
      averages
        ? element(
            'tfoot',
            {},
            average(t('Macro average'), averages.macro),
            average(t('Micro average'), averages.micro),
            average(t('Weighted average'), averages.weighted),
          )
        : null,
    ),
  );
}
