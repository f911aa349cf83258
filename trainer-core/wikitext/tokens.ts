/** The marks that wikitext is cut at. Text between two tokens is text as it stands. */

/**
 * `line`: a line break; `blankLine`: line breaks with nothing but spaces between. `heading`: a heading's line, from its first `=`.
 * `break`: a tag that ends a line. `gone`: a stretch that gives nothing. `literal`: a stretch that gives `text`.
 * The others are pairs.
 */
export type TokenKind = 'line' | 'blankLine' | 'heading' | 'break' | 'gone' | 'literal' | PairKind;

export const PAIR_KINDS = [
  'template',
  'link',
  'external',
  'variant',
  'table',
  'htmlTable',
  'htmlList',
  'htmlHeading',
] as const;
export type PairKind = (typeof PAIR_KINDS)[number];

/** How deep pairs may lie in each other; what lies deeper gives nothing. MediaWiki's own limit for templates. */
export const DEEPEST = 40;

/** Offsets are UTF-16 units of the page. */
export interface Token {
  kind: TokenKind;
  start: number;
  /** After its opening mark; of what is no pair, after all of it. */
  end: number;
  /** Where the closing mark begins; -1: a pair that is not closed, or no pair. */
  close: number;
  /** After all of it. */
  after: number;
  /** Index of the first token after all of it. */
  next: number;
  /** Offsets of the `|` that part it, those of what lies inside left out. */
  pipes: number[];
  /** Where it may have been meant to end: a single `]` or `}`; -1: nowhere. */
  looseEnd: number;
  /** Index of the first token after `looseEnd`. */
  looseNext: number;
  text: string;
}

/** A token of `kind` over [start, end), not yet closed. `index` is its own place in the list. */
export function newToken(kind: TokenKind, start: number, end: number, index: number, text = ''): Token {
  return {
    kind,
    start,
    end,
    close: -1,
    after: end,
    next: index + 1,
    pipes: [],
    looseEnd: -1,
    looseNext: -1,
    text,
  };
}
