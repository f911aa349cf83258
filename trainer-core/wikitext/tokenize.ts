/** Cuts wikitext into tokens and pairs what opens with what closes it, in one pass and in linear time whatever is unbalanced. */
import type { WikitextProblem } from '../protocol/corpusManifest.js';
import { NextIndex } from './nextIndex.js';
import { Pairs } from './pairs.js';
import { findRawEnd, readTag, TAGS, type Tag, type TagEffect } from './tags.js';
import type { Token } from './tokens.js';

const NEWLINE = 10;
const SPACE = 32;
const EXCLAMATION = 33;
const HYPHEN = 45;
const COLON = 58;
const LESS = 60;
const EQUALS = 61;
const OPEN_SQUARE = 91;
const CLOSE_SQUARE = 93;
const OPEN_CURLY = 123;
const PIPE = 124;
const CLOSE_CURLY = 125;

const SPECIAL = new Uint8Array(128);
for (const code of [NEWLINE, LESS, OPEN_SQUARE, CLOSE_SQUARE, OPEN_CURLY, PIPE, CLOSE_CURLY]) SPECIAL[code] = 1;

const SCHEME = /(?:https?:|ftps?:|news:|mailto:|irc:|gopher:|telnet:|git:)?\/\/|(?:mailto|news):/iy;
/** TeX that reads the same without TeX. */
const PLAIN_FORMULA = /^[\p{L}\p{N}\s+\-=<>(),.:;!|'/*]*$/u;

/** What is in a page, and what was not closed in it. */
export interface TokenizedPage {
  tokens: Token[];
  problems: Set<WikitextProblem>;
}

/** The tokens of a page in order of their start. Pairs lie within each other or apart. */
export function tokenize(text: string): TokenizedPage {
  return new Tokenizer(text).run();
}

class Tokenizer {
  private readonly pairs = new Pairs();
  private lineStart = 0;
  /** First character of the line after spaces, colons and comments: where a table may begin or end. */
  private lineFirst = 0;

  private readonly nextCommentEnd: NextIndex;
  private readonly nextHeading: NextIndex;
  private readonly headingAfter: NextIndex;

  constructor(private readonly text: string) {
    this.nextCommentEnd = new NextIndex(text, '-->');
    this.nextHeading = new NextIndex(text, '\n==');
    this.headingAfter = new NextIndex(text, '\n==');
  }

  run(): TokenizedPage {
    const { text } = this;
    this.beginLine(0);
    for (let at = 0; at < text.length; ) {
      const code = text.charCodeAt(at);
      if (code > CLOSE_CURLY || SPECIAL[code] === 0) at++;
      else if (code === NEWLINE) at = this.newline(at);
      else if (code === LESS) at = this.angle(at);
      else if (code === OPEN_SQUARE) at = this.openSquares(at);
      else if (code === CLOSE_SQUARE) at = this.closeSquares(at);
      else if (code === OPEN_CURLY) at = this.openCurlies(at);
      else if (code === CLOSE_CURLY) at = this.closeCurlies(at);
      else at = this.pipe(at);
    }
    this.pairs.abandonAll();
    return this.pairs;
  }

  private beginLine(at: number): void {
    this.lineStart = at;
    this.skipIndent(at);
    if (this.text.charCodeAt(at) !== EQUALS) return;
    const end = headingEnd(this.text, at);
    // One sign alone begins many a line of a template.
    if (end < 0 || (this.pairs.top() !== undefined && this.text.charCodeAt(at + 1) !== EQUALS)) return;
    // No template or table goes on into another section: one that seems to was not closed.
    this.pairs.abandonAll();
    this.pairs.add('heading', at, at).after = end;
  }

  private skipIndent(at: number): void {
    let first = at;
    for (; ; first++) {
      const code = this.text.charCodeAt(first);
      if (code !== SPACE && code !== COLON && code !== 9) break;
    }
    this.lineFirst = first;
  }

  private newline(at: number): number {
    const { text } = this;
    let lineStart = at + 1;
    let blank = false;
    for (let next = lineStart; next < text.length; next++) {
      const code = text.charCodeAt(next);
      if (code === NEWLINE) {
        blank = true;
        lineStart = next + 1;
      } else if (code !== SPACE && code !== 9 && code !== 13) break;
    }
    for (
      let top = this.pairs.top();
      top?.kind === 'external' || (blank && top?.kind === 'link');
      top = this.pairs.top()
    ) {
      this.pairs.abandon();
    }
    this.pairs.add(blank ? 'blankLine' : 'line', at, lineStart);
    this.beginLine(lineStart);
    return lineStart;
  }

  private openSquares(at: number): number {
    const end = runEnd(this.text, at, OPEN_SQUARE);
    if (end - at === 1) {
      SCHEME.lastIndex = end;
      return SCHEME.test(this.text) ? this.pairs.push('external', at, end) : end;
    }
    let start = at + ((end - at) % 2);
    while (start < end) start = this.pairs.push('link', start, start + 2);
    return end;
  }

  private closeSquares(at: number): number {
    const end = runEnd(this.text, at, CLOSE_SQUARE);
    let start = at;
    while (start < end) {
      const top = this.pairs.top();
      if (top?.kind === 'external') start = this.pairs.close('external', start, start + 1);
      else if (end - start >= 2) start = this.pairs.close('link', start, start + 2);
      else {
        if (top?.kind === 'link') this.pairs.noteLooseEnd(start);
        start = end;
      }
    }
    return end;
  }

  private openCurlies(at: number): number {
    const { text } = this;
    const end = runEnd(text, at, OPEN_CURLY);
    if (end - at === 1) {
      if (at === this.lineFirst && text.charCodeAt(end) === PIPE) return this.pairs.push('table', at, end + 1);
      if (at > 0 && text.charCodeAt(at - 1) === HYPHEN) return this.pairs.push('variant', at - 1, end);
      return end;
    }
    // Of an odd run the first goes with the outermost.
    let start = at;
    while (start < end) start = this.pairs.push('template', start, start + ((end - start) % 2 === 1 ? 3 : 2));
    return end;
  }

  private closeCurlies(at: number): number {
    const { text } = this;
    const end = runEnd(text, at, CLOSE_CURLY);
    if (end - at === 1) {
      const top = this.pairs.top();
      if (this.pairs.isOpen('variant') && text.charCodeAt(end) === HYPHEN)
        return this.pairs.close('variant', at, end + 1);
      if (top?.kind === 'template' && (at === this.lineFirst || this.lineStart <= top.start)) {
        this.pairs.noteLooseEnd(at);
      }
      return end;
    }
    let start = at;
    while (start < end) start = this.pairs.close('template', start, start + ((end - start) % 2 === 1 ? 3 : 2));
    return end;
  }

  private pipe(at: number): number {
    const { text } = this;
    if (at === this.lineFirst && text.charCodeAt(at + 1) === CLOSE_CURLY) {
      // `|}}` ends a template whose last argument is empty.
      const endsTemplate = text.charCodeAt(at + 2) === CLOSE_CURLY && text.charCodeAt(at + 3) !== CLOSE_CURLY;
      if (!endsTemplate || !this.pairs.isOpen('template')) return this.pairs.close('table', at, at + 2);
    }
    const top = this.pairs.top();
    if (top?.kind === 'template' || top?.kind === 'link') top.pipes.push(at);
    return at + 1;
  }

  private angle(at: number): number {
    const { text } = this;
    if (text.charCodeAt(at + 1) === EXCLAMATION && text.startsWith('<!--', at)) return this.comment(at);
    const tag = readTag(text, at);
    const effect = tag === undefined ? undefined : TAGS.get(tag.name);
    if (tag === undefined || effect === undefined) return at + 1;
    return this.tag(at, tag, effect);
  }

  private comment(at: number): number {
    const end = this.nextCommentEnd.from(at + 4) + 3;
    // A section may be commented out, with comments in it. One that holds another comment and several sections was not closed; one that holds
    // another and ends as MediaWiki ends it may not have been, and is told.
    const nested = this.text.indexOf('<!--', at + 4);
    const holdsComment = nested >= 0 && nested < end;
    const secondHeading = this.headingAfter.from(this.nextHeading.from(at) + 1);
    const unclosed = end === Number.POSITIVE_INFINITY || (holdsComment && secondHeading < end);
    if (unclosed || holdsComment) this.pairs.problems.add('unclosedTag');
    if (unclosed) {
      this.pairs.add('gone', at, at + 4);
      return at + 4;
    }
    this.pairs.add('gone', at, end);
    if (at === this.lineFirst) this.skipIndent(end);
    return end;
  }

  private tag(at: number, tag: Tag, effect: TagEffect): number {
    switch (effect) {
      case 'inline':
        this.pairs.add('gone', at, tag.end);
        return tag.end;
      case 'break':
        this.pairs.add('break', at, tag.end);
        return tag.end;
      case 'reading':
        this.pairs.add('literal', at, tag.end, tag.closing ? '）' : '（');
        return tag.end;
      case 'dropped':
      case 'verbatim':
      case 'formula':
      case 'code':
        return this.raw(at, tag, effect);
      default:
        if (tag.selfClosing) this.pairs.add('gone', at, tag.end);
        else if (tag.closing) {
          this.pairs.add('break', at, tag.end);
          this.pairs.close(effect, at, tag.end);
        } else this.pairs.push(effect, at, tag.end);
        return tag.end;
    }
  }

  /** A tag whose contents are no wikitext. */
  private raw(at: number, tag: Tag, effect: 'dropped' | 'verbatim' | 'formula' | 'code'): number {
    const { text } = this;
    const opening = !tag.closing && !tag.selfClosing;
    const limit = tag.name === 'ref' ? this.nextHeading.from(at) : text.length;
    const end = opening ? findRawEnd(text, tag.name, tag.end, limit) : undefined;
    if (end === undefined) {
      if (opening && tag.name !== 'references') this.pairs.problems.add('unclosedTag');
      this.pairs.add('gone', at, tag.end);
      return tag.end;
    }
    const body = text.slice(tag.end, end.close);
    const keeps =
      effect === 'verbatim' ||
      (effect === 'formula' && PLAIN_FORMULA.test(body)) ||
      (effect === 'code' && /\sinline\b|enclose\s*=\s*"?none/i.test(text.slice(at, tag.end)));
    this.pairs.add(keeps ? 'literal' : 'gone', at, end.after, keeps ? body : '');
    return end.after;
  }
}

function runEnd(text: string, at: number, code: number): number {
  let end = at + 1;
  while (text.charCodeAt(end) === code) end++;
  return end;
}

/** Where the heading of a section that begins at `at` ends, -1 if there is none. Only comments may stand behind it on its line. */
function headingEnd(text: string, at: number): number {
  const newline = text.indexOf('\n', at);
  let line = text.slice(at, newline < 0 ? text.length : newline).trimEnd();
  for (let comments = 0; comments < 4; comments++) {
    const comment = line.lastIndexOf('<!--');
    if (comment < 0) break;
    const end = line.indexOf('-->', comment);
    if (end >= 0 && end + 3 < line.length) break;
    line = line.slice(0, comment).trimEnd();
  }
  const mark = line.startsWith('==') ? '==' : '=';
  return line.length > 2 * mark.length && line.endsWith(mark) ? at + line.length : -1;
}
