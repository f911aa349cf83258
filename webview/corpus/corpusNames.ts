/** Names of what a corpus's report counts, in the user's language. */

import type {
  CorpusReport,
  DOCUMENT_DROPS,
  InputFault,
  SENTENCE_DROPS,
  SEQUENCE_DROPS,
  WikitextProblem,
} from '../../trainer-core/protocol/corpusManifest.js';
import type { CorpusSettings } from '../../trainer-core/protocol/corpusSettings.js';
import { t } from '../words.js';

/** Why a document, sentence or sequence is not in the corpus. */
export type Drop = (typeof DOCUMENT_DROPS | typeof SENTENCE_DROPS | typeof SEQUENCE_DROPS)[number];

/** Why something was left out; limits are told with their numbers. */
export function dropName(drop: Drop, settings: CorpusSettings): string {
  const names: Record<Drop, string> = {
    otherNamespace: t('not an article (another namespace)'),
    redirect: t('redirect'),
    disambiguation: t('disambiguation page'),
    noText: t('no text'),
    tooFewChars: t('shorter than {0} characters', settings.minChars),
    tooManyChars: t('longer than {0} characters', settings.maxChars ?? '–'),
    tooFewTokens: t('fewer than {0} tokens', settings.minTokens),
    tooManyUnknown: t('too many unknown tokens'),
    duplicate: t('the same as one before'),
  };
  return names[drop];
}

/** What was wrong with a page's wikitext. */
export function wikitextProblemName(problem: WikitextProblem): string {
  const names: Record<WikitextProblem, string> = {
    unclosedTemplate: t('a template that does not end'),
    unclosedTable: t('a table that does not end'),
    unclosedTag: t('a tag that does not end'),
    unclosedLink: t('a link that does not end'),
    nestedTooDeep: t('nested too deep'),
  };
  return names[problem];
}

/** What is wrong with an input file, and what became of it. */
export function faultName(kind: InputFault['kind']): string {
  const names: Record<InputFault['kind'], string> = {
    truncated: t('The file breaks off. All before that is in the corpus.'),
    damagedBlock: t('A damaged block was left out.'),
    cutPage: t('A page that does not end was left out.'),
  };
  return names[kind];
}

/** A format of input. */
export function formatName(format: CorpusReport['sources'][number]['format']): string {
  const names: Record<CorpusReport['sources'][number]['format'], string> = {
    mediawiki: t('MediaWiki dump'),
    wikiextractor: t('output of WikiExtractor'),
    text: t('text'),
    jsonl: 'JSONL',
    parquet: 'Parquet',
  };
  return names[format];
}

/** What a sequence of the corpus is. */
export function sequencesName(sequences: CorpusSettings['sequences']): string {
  const names: Record<CorpusSettings['sequences'], string> = {
    packed: t('as many sentences as fit'),
    sentences: t('one sentence'),
    lines: t('one line'),
  };
  return names[sequences];
}
