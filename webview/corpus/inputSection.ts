/** What the corpus was made of: files, damage in them, and wikitext that was not as it should be. */

import { type CorpusManifest, WIKITEXT_PROBLEMS } from '../../trainer-core/protocol/corpusManifest.js';
import { element } from '../element.js';
import { bytes, integer } from '../format.js';
import { scrolling } from '../scrolling.js';
import { t } from '../words.js';
import { faultName, formatName, wikitextProblemName } from './corpusNames.js';
import type { Panel } from './corpusViewState.js';
import { countTable } from './countTable.js';
import { panel } from './panel.js';

/** More files than this are in corpus.json; a page of a hundred thousand rows helps nobody. */
const FILES = 1000;

/** Damage that was read past; null where there was none. */
export function faultSection({ report }: CorpusManifest): HTMLElement | null {
  if (report.faults.length === 0) return null;
  const title = t('Damage in the input ({0})', integer(report.faults.length));
  const items = report.faults.map(({ file, kind, offsetBytes }) =>
    element(
      'li',
      {},
      element('span', { class: 'file' }, file),
      ` ${t('at byte {0}: {1}', integer(offsetBytes), faultName(kind))}`,
    ),
  );
  return element(
    'section',
    { class: 'reason' },
    element('h2', {}, title),
    element('ul', { class: 'faults' }, ...items),
  );
}

/** Pages whose wikitext was not as it should be; null where there were none. */
export function wikitextSection({ report }: CorpusManifest): HTMLElement | null {
  const { wikitextProblems: problems, documents } = report;
  const rows = WIKITEXT_PROBLEMS.filter((problem) => problems[problem] > 0).map((problem) => ({
    name: wikitextProblemName(problem),
    count: problems[problem],
    share: documents.read === 0 ? 0 : problems[problem] / documents.read,
  }));
  if (rows.length === 0) return null;
  const title = t('Faulty wikitext');
  return element(
    'section',
    {},
    element('h2', {}, title),
    element('p', { class: 'note' }, t('Their text is in the corpus; around the fault some of it may be missing.')),
    countTable(title, [t('What is wrong'), t('Pages'), t('Share')], [{ rows }]),
  );
}

/** The files, with their sizes and documents. */
export function sourceSection({ report }: CorpusManifest, open: readonly Panel[]): HTMLElement {
  const { sources } = report;
  const title = t('Input files ({0})', integer(sources.length));
  const heads = [t('Format'), t('Size'), t('Documents')].map((head) => element('th', { scope: 'col' }, head));
  const rows = sources
    .slice(0, FILES)
    .map(({ file, format, sizeBytes, documents }) =>
      element(
        'tr',
        {},
        element('th', { scope: 'row', class: 'file' }, file),
        element('td', {}, formatName(format)),
        element('td', {}, bytes(sizeBytes)),
        element('td', {}, integer(documents)),
      ),
    );
  const table = element(
    'table',
    { class: 'numbers sources' },
    element('thead', {}, element('tr', {}, element('th', { scope: 'col', class: 'file' }, t('File')), ...heads)),
    element('tbody', {}, ...rows),
  );
  const more =
    sources.length > FILES
      ? [element('p', {}, t('And {0} more: see corpus.json.', integer(sources.length - FILES)))]
      : [];
  return panel('input', title, open, scrolling(title, table), ...more);
}
