/** The pieces that stand most often in the corpus. */

import type { CorpusManifest } from '../../trainer-core/protocol/corpusManifest.js';
import { element } from '../element.js';
import { scrolling } from '../scrolling.js';
import { t } from '../words.js';
import { countTable } from './countTable.js';

/** A new section. */
export function pieceSection({ report }: CorpusManifest): HTMLElement {
  const title = t('Most frequent pieces');
  const rows = report.frequentPieces.map(({ piece, count }) => ({
    name: element('span', { lang: 'ja', class: 'piece' }, piece),
    count,
    share: report.tokens === 0 ? 0 : count / report.tokens,
  }));
  return element(
    'section',
    {},
    element('h2', {}, title),
    scrolling(title, countTable(title, [t('Piece'), t('Count'), t('Share of all tokens')], [{ rows }])),
  );
}
