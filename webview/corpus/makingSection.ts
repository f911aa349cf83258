/** How the corpus was made: its settings, its tokenizer, and how it lies on the disk. */

import type { CorpusManifest } from '../../trainer-core/protocol/corpusManifest.js';
import { element } from '../element.js';
import { bytes, integer } from '../format.js';
import { scrolling } from '../scrolling.js';
import { t } from '../words.js';
import { sequencesName } from './corpusNames.js';
import type { Panel } from './corpusViewState.js';
import { panel } from './panel.js';

/** A new section. Settings have the names that configs and the command line call them by. */
export function makingSection(manifest: CorpusManifest, open: readonly Panel[]): HTMLElement {
  const { settings, tokenizer, maxSeqLength, idBytes, shards } = manifest;
  const files = [manifest.tokenCounts, manifest.vocabulary, ...shards.flatMap((shard) => Object.values(shard.files))];
  const size = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const rows: [name: string, value: string | Node][] = [
    [t('Tokenizer (SHA-256)'), element('code', {}, tokenizer.sha256)],
    [t('Pieces of its vocabulary'), integer(tokenizer.vocabularySize)],
    [t('On the disk'), t('{0} (shards: {1}, bytes a token: {2})', bytes(size), integer(shards.length), idBytes)],
    ['maxSeqLength', integer(maxSeqLength)],
    ...Object.entries(settings).map(([name, value]): [string, string] => [
      name,
      name === 'sequences' ? `${value} (${sequencesName(settings.sequences)})` : JSON.stringify(value),
    ]),
  ];
  const table = element(
    'table',
    { class: 'settings' },
    element(
      'tbody',
      {},
      ...rows.map(([name, value]) =>
        element('tr', {}, element('th', { scope: 'row' }, name), element('td', {}, value)),
      ),
    ),
  );
  const title = t('How it was made');
  return panel('making', title, open, scrolling(title, table));
}
