/** Turns tokens into paragraphs: block by block, line by line, and within a line construct by construct. */
import type { WikitextProblem } from '../protocol/corpusManifest.js';
import type { WikitextOptions } from './extraction.js';
import { addressText, isSilent, pipeTrick, targetText, variantText } from './links.js';
import { Paragraphs } from './paragraphs.js';
import { readArguments } from './templateArguments.js';
import {
  parserFunction,
  QUOTATION_ARGUMENTS,
  QUOTATIONS,
  type TemplateArguments,
  templateName,
  templateRule,
} from './templates.js';
import { DEEPEST, type Token } from './tokens.js';

const LONGEST_NAME = 300;
const LONGEST_INDENT = 50;
/** The name of a template, with the rest of its line for its arguments. */
const TEMPLATE_NAME = /[^[\]{}<>|\n。、']{1,100}(?=[|\n]|$)/y;
/** A name and arguments within a line, up to the last `|`. */
const INLINE_HEAD = /(?:[^\s。、，（）「」|{}[\]<]*\|)+/y;

/** The paragraphs of a page. Adds to `problems`. */
export function renderPage(
  text: string,
  tokens: readonly Token[],
  options: WikitextOptions,
  problems: Set<WikitextProblem>,
): string[] {
  return new Renderer(text, tokens, options, problems).page();
}

class Renderer {
  private readonly paragraphs = new Paragraphs();
  /** Where to go on, and the first token from there. */
  private at = 0;
  private index = 0;
  private depth = 0;

  constructor(
    private readonly text: string,
    private readonly tokens: readonly Token[],
    private readonly options: WikitextOptions,
    private readonly problems: Set<WikitextProblem>,
  ) {}

  page(): string[] {
    this.block(0, this.text.length, 0);
    return this.paragraphs.done;
  }

  /** Renders [from, to) as lines. */
  private block(from: number, to: number, index: number): void {
    this.at = from;
    this.index = index;
    this.beginLine(to);
    for (let token = this.next(to); token !== undefined; token = this.next(to)) {
      switch (token.kind) {
        case 'line':
          this.paragraphs.endLine();
          this.goPast(token);
          this.beginLine(to);
          break;
        case 'blankLine':
          this.paragraphs.end();
          this.goPast(token);
          this.beginLine(to);
          break;
        case 'break':
          this.paragraphs.end();
          this.goPast(token);
          break;
        case 'heading':
          this.heading(token);
          break;
        default:
          this.construct(token, true, to);
      }
    }
    this.paragraphs.end();
  }

  /** Renders [from, to) as one piece of text. */
  private inline(from: number, to: number, index: number): string {
    if (this.depth === DEEPEST) {
      this.problems.add('nestedTooDeep');
      return '';
    }
    const { at: outerAt, index: outerIndex } = this;
    const line = this.paragraphs.line;
    this.depth++;
    this.paragraphs.line = '';
    this.at = from;
    this.index = index;
    for (let token = this.next(to); token !== undefined; token = this.next(to)) {
      if (token.kind === 'line' || token.kind === 'blankLine' || token.kind === 'break') {
        this.paragraphs.line += '\n';
        this.goPast(token);
      } else if (token.kind === 'heading') this.goPast(token);
      else this.construct(token, false, to);
    }
    const rendered = this.paragraphs.line;
    this.depth--;
    this.paragraphs.line = line;
    this.at = outerAt;
    this.index = outerIndex;
    return rendered;
  }

  /** Takes the text up to the next token that begins before `to`, or all of it. */
  private next(to: number): Token | undefined {
    let token = this.tokens[this.index];
    // Inside of what was jumped over.
    while (token !== undefined && token.start < this.at) token = this.tokens[++this.index];
    const end = token === undefined || token.start >= to ? to : token.start;
    if (end > this.at) this.paragraphs.line += this.text.slice(this.at, end);
    this.at = end;
    return token !== undefined && token.start < to ? token : undefined;
  }

  private goPast(token: Token): void {
    this.at = token.end;
    this.index++;
  }

  /** Over all that a closed pair holds. */
  private jump(token: Token): void {
    this.at = token.after;
    this.index = token.next;
  }

  private construct(token: Token, asBlock: boolean, to: number): void {
    const index = this.index;
    const closed = token.close >= 0;
    if (!closed) {
      this.unclosed(token, asBlock, to);
      return;
    }
    switch (token.kind) {
      case 'template':
        this.jump(token);
        this.template(token, index, asBlock);
        break;
      case 'link':
        this.jump(token);
        this.paragraphs.line += this.link(token, index);
        break;
      case 'external':
        this.jump(token);
        this.paragraphs.line += addressText(this.inline(token.end, token.close, index + 1));
        break;
      case 'variant':
        this.jump(token);
        this.paragraphs.line += variantText(this.inline(token.end, token.close, index + 1));
        break;
      default:
        this.blockPair(token, asBlock);
    }
  }

  /** A table, a list or a heading. */
  private blockPair(token: Token, asBlock: boolean): void {
    if (asBlock) this.paragraphs.end();
    const { lists, headings } = this.options;
    if ((token.kind === 'htmlList' && lists) || (token.kind === 'htmlHeading' && headings)) this.goPast(token);
    else this.jump(token);
  }

  /** What is no pair, and pairs that are not closed. */
  private unclosed(token: Token, asBlock: boolean, to: number): void {
    this.goPast(token);
    switch (token.kind) {
      case 'literal':
        this.paragraphs.line += token.text;
        break;
      case 'template':
        this.unclosedTemplate(to);
        break;
      case 'link':
        this.unclosedLink(token, to);
        break;
      case 'table':
        this.unclosedTable(to);
        break;
      case 'htmlTable':
      case 'htmlList':
      case 'htmlHeading':
        if (asBlock) this.paragraphs.end();
        break;
      default:
    }
  }

  // Lines

  /** Looks at what the line at `at` begins with. */
  private beginLine(to: number): void {
    if (this.at >= to) return;
    switch (this.text[this.at]) {
      case '*':
      case '#':
      case ';':
      case ':':
        this.indented(to);
        break;
      case ' ':
        // Preformatted.
        this.paragraphs.beginApart();
        break;
      case '|':
        // A row of a table that something else opened.
        this.skipLine(to);
        break;
      case '-':
        this.horizontalRule();
        break;
      default:
    }
  }

  private horizontalRule(): void {
    const rule = /-{4,}/y;
    rule.lastIndex = this.at;
    if (!rule.test(this.text)) return;
    this.paragraphs.end();
    this.at = rule.lastIndex;
  }

  private indented(to: number): void {
    const marks = /[*#;:]+[ \t]*/y;
    marks.lastIndex = this.at;
    const isList = /[*#;]/.test(marks.exec(this.text)![0]);
    if (isList && !this.options.lists) this.skipLine(to);
    else {
      this.paragraphs.beginApart();
      this.at = marks.lastIndex;
    }
  }

  private skipLine(to: number): void {
    for (let token = this.tokens[this.index]; ; token = this.tokens[this.index]) {
      if (token === undefined || token.start >= to) {
        this.at = to;
        return;
      }
      if (token.kind === 'line' || token.kind === 'blankLine') {
        this.at = Math.max(this.at, token.start);
        return;
      }
      if (token.start < this.at) this.index++;
      else if (token.close >= 0) this.jump(token);
      else this.goPast(token);
    }
  }

  private heading(token: Token): void {
    this.paragraphs.end();
    const index = this.index + 1;
    this.at = token.after;
    this.index++;
    if (!this.options.headings) return;
    let { start, after } = token;
    while (start < after && this.text[start] === '=') start++;
    while (start < after && this.text[after - 1] === '=') after--;
    this.paragraphs.line = this.inline(start, after, index);
    this.paragraphs.end();
  }

  // Templates

  private template(token: Token, index: number, asBlock: boolean): void {
    const nameEnd = token.pipes[0] ?? token.close;
    const source = this.text.slice(token.end, Math.min(nameEnd, token.end + LONGEST_NAME));
    const name = templateName(source.includes('<!--') ? source.replace(/<!--.*?-->/gs, '') : source);
    if (QUOTATIONS.has(name)) {
      this.quotation(token, index, asBlock);
      return;
    }
    const rule = templateRule(name);
    if (rule !== undefined) {
      this.paragraphs.line += rule(this.argumentsOf(token, index));
      return;
    }
    const colon = source.indexOf(':');
    if (colon < 0) return;
    const subjectStart = token.end + colon + 1;
    const subject = () => this.inline(subjectStart, nameEnd, index + 1).trim();
    const functionName = templateName(source.slice(0, colon));
    this.paragraphs.line += parserFunction(functionName, subject, this.argumentsOf(token, index)) ?? '';
  }

  private argumentsOf(token: Token, index: number): TemplateArguments {
    return readArguments(this.text, this.tokens, token, index, (from, to, first) => this.inline(from, to, first));
  }

  private quotation(token: Token, index: number, asBlock: boolean): void {
    const { at, index: next } = this;
    const args = readArguments(this.text, this.tokens, token, index, (from, to, first) => {
      if (!asBlock || this.depth === DEEPEST) return this.inline(from, to, first);
      this.paragraphs.end();
      this.depth++;
      this.block(from, to, first);
      this.depth--;
      this.at = at;
      this.index = next;
      return '';
    });
    const holder = QUOTATION_ARGUMENTS.find((argument) => args.has(argument));
    // It may end the line, so the line is read after it.
    const shown = holder === undefined ? '' : args.named(holder);
    this.paragraphs.line += shown;
  }

  /** One that begins a line takes the line with it, one within a line its name and arguments but the last. */
  private unclosedTemplate(to: number): void {
    const beginsLine = this.paragraphs.line.length < LONGEST_INDENT && this.paragraphs.line.trim() === '';
    TEMPLATE_NAME.lastIndex = this.at;
    if (beginsLine && TEMPLATE_NAME.test(this.text)) {
      this.skipLine(to);
      return;
    }
    INLINE_HEAD.lastIndex = this.at;
    if (INLINE_HEAD.test(this.text)) this.at = Math.min(to, INLINE_HEAD.lastIndex);
  }

  // Links and tables

  private link(token: Token, index: number): string {
    const pipe = token.pipes[0];
    const targetEnd = pipe ?? token.close;
    const plain = token.next === index + 1;
    const target = plain ? this.text.slice(token.end, targetEnd) : this.inline(token.end, targetEnd, index + 1);
    if (isSilent(target, this.options.silentNamespaces)) return '';
    if (pipe === undefined) return targetText(target);
    const shown = plain ? this.text.slice(pipe + 1, token.close) : this.inline(pipe + 1, token.close, index + 1);
    return shown.trim() === '' ? pipeTrick(target) : shown;
  }

  /** Shows its text; an image's goes with the line. */
  private unclosedLink(token: Token, to: number): void {
    const pipe = token.pipes[0];
    const target = this.text.slice(token.end, Math.min(pipe ?? to, token.end + 100));
    if (isSilent(target, this.options.silentNamespaces)) this.skipLine(to);
    else if (pipe !== undefined && pipe < to && !target.includes('\n')) this.at = pipe + 1;
  }

  /** Ends before the first line that can be none of its own: one behind a blank line that begins with neither `|` nor `!`. */
  private unclosedTable(to: number): void {
    this.skipLine(to);
    for (let line = this.tokens[this.index]; line !== undefined && line.start < to; line = this.tokens[this.index]) {
      if (line.kind === 'heading') return;
      const first = this.text[line.end];
      if (line.kind === 'blankLine' && first !== '|' && first !== '!') return;
      this.goPast(line);
      if (this.tokens[this.index]?.kind === 'heading') return;
      this.skipLine(to);
    }
  }
}
