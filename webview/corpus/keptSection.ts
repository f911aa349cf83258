/** What was read, kept and dropped, and why: documents, sentences, sequences. */

import {
  type CorpusManifest,
  DOCUMENT_DROPS,
  SENTENCE_DROPS,
  SEQUENCE_DROPS,
} from '../../trainer-core/protocol/corpusManifest.js';
import { element } from '../element.js';
import { integer } from '../format.js';
import { t } from '../words.js';
import { type Drop, dropName } from './corpusNames.js';
import { type CountGroup, countTable } from './countTable.js';

/** A new section. */
export function keptSection({ settings, report }: CorpusManifest): HTMLElement {
  const { documents, sentences, sequences } = report;
  const stage = <D extends Drop>(
    title: string,
    all: number,
    kept: number,
    drops: readonly D[],
    dropped: Readonly<Record<D, number>>,
  ): CountGroup => {
    const row = (name: string, count: number) => ({ name, count, share: all === 0 ? 0 : count / all });
    const reasons = drops.filter((drop) => dropped[drop] > 0);
    return {
      title,
      rows: [
        { ...row(t('kept'), kept), strong: true },
        ...reasons.map((drop) => row(dropName(drop, settings), dropped[drop])),
      ],
    };
  };
  const sentencesRead =
    settings.sequences === 'lines'
      ? t('Lines: {0} read', integer(sentences.read))
      : t('Sentences: {0} read', integer(sentences.read));
  const title = t('Kept and dropped');
  const table = countTable(
    title,
    [t('What became of them'), t('Count'), t('Share')],
    [
      stage(
        t('Documents: {0} read', integer(documents.read)),
        documents.read,
        documents.kept,
        DOCUMENT_DROPS,
        documents.dropped,
      ),
      stage(sentencesRead, sentences.read, sentences.kept, SENTENCE_DROPS, sentences.dropped),
      stage(
        t('Sequences: {0} made', integer(sequences.made)),
        sequences.made,
        sequences.kept,
        SEQUENCE_DROPS,
        sequences.dropped,
      ),
    ],
  );
  const cut = t('{0} were too long for one sequence and were cut.', integer(sequences.cut));
  return element(
    'section',
    {},
    element('h2', {}, title),
    table,
    sequences.cut === 0 ? null : element('p', { class: 'note' }, cut),
  );
}
