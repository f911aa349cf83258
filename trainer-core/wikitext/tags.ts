/** What each HTML tag and each tag of MediaWiki's extensions does to the text. */
import type { PairKind } from './tokens.js';

/**
 * `inline`: the tag goes, what it holds stays. `break`: the same, and the line ends there. `dropped`: goes with all it holds, which is no wikitext.
 * `verbatim`: what it holds stays as it stands. `formula`: stays if it is plain, goes if it is TeX. A pair: see the token's kind.
 */
export type TagEffect = 'inline' | 'break' | 'dropped' | 'verbatim' | 'formula' | 'code' | 'reading' | PairKind;

const NAMES: { readonly [E in TagEffect]?: string } = {
  inline:
    'a abbr acronym b bdi bdo big cite code data del dfn em font i img input ins kbd label link mark meta noinclude noindex onlyinclude q rb rtc ruby s samp section small span strike strong sub sup time tt u var wbr',
  break:
    'address article aside blockquote br caption center col colgroup dd details div dt fieldset figcaption figure footer form header hr li main nav p poem summary tbody td tfoot th thead tr',
  dropped:
    'categorytree charinsert chem ce gallery graph hiero imagemap includeonly indicator inputbox languages listing mapframe maplink pages pre ref references rp score script section style templatedata templatestyles timeline xmp',
  verbatim: 'nowiki',
  formula: 'math',
  code: 'source syntaxhighlight',
  reading: 'rt',
  htmlTable: 'table',
  htmlList: 'ul ol dl dir menu',
  htmlHeading: 'h1 h2 h3 h4 h5 h6',
};

/** By lower-case name. */
export const TAGS: ReadonlyMap<string, TagEffect> = new Map(
  Object.entries(NAMES).flatMap(([effect, names]) => names.split(' ').map((name) => [name, effect as TagEffect])),
);

/** A tag as it stands in the page. */
export interface Tag {
  name: string;
  closing: boolean;
  selfClosing: boolean;
  /** After its `>`. */
  end: number;
}

const LESS = 60;
const GREATER = 62;
const SLASH = 47;
const LONGEST_NAME = 16;

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
}

/** The tag that begins with the `<` at `at`, known or not, or undefined: then it is a sign like any other. */
export function readTag(text: string, at: number): Tag | undefined {
  const closing = text.charCodeAt(at + 1) === SLASH;
  const nameStart = at + (closing ? 2 : 1);
  if (!isLetter(text.charCodeAt(nameStart))) return undefined;
  let nameEnd = nameStart + 1;
  for (; nameEnd - nameStart < LONGEST_NAME; nameEnd++) {
    const code = text.charCodeAt(nameEnd);
    if (!isLetter(code) && !(code >= 48 && code <= 57)) break;
  }
  for (let end = nameEnd; end < text.length; end++) {
    const code = text.charCodeAt(end);
    if (code === LESS) return undefined;
    if (code === GREATER) {
      const name = text.slice(nameStart, nameEnd).toLowerCase();
      return { name, closing, selfClosing: text.charCodeAt(end - 1) === SLASH, end: end + 1 };
    }
  }
  return undefined;
}

/** The end of `<name>` … `</name>`: offsets of the closing tag and of what follows it. */
export interface RawEnd {
  close: number;
  after: number;
}

/**
 * Looks from `from`, after the opening tag, for the closing one, up to `limit`. Undefined when the same tag opens again first, or at `limit`:
 * then this one was never closed. Each stretch is looked at once for each name, so the time is linear.
 */
export function findRawEnd(text: string, name: string, from: number, limit: number): RawEnd | undefined {
  for (let at = text.indexOf('<', from); at >= 0 && at < limit; at = text.indexOf('<', at + 1)) {
    const code = text.charCodeAt(at + 1);
    if (code !== SLASH && !isLetter(code)) continue;
    const nameStart = code === SLASH ? at + 2 : at + 1;
    if (text.slice(nameStart, nameStart + name.length).toLowerCase() !== name) continue;
    const tag = readTag(text, at);
    if (tag?.name !== name) continue;
    if (tag.closing) return { close: at, after: tag.end };
    if (!tag.selfClosing) return undefined;
  }
  return undefined;
}
