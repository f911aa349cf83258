/** Which constructs are open while a page is read, and what closes them. */
import type { WikitextProblem } from '../protocol/corpusManifest.js';
import { DEEPEST, newToken, PAIR_KINDS, type PairKind, type Token, type TokenKind } from './tokens.js';

const PROBLEM_OF: Record<PairKind, WikitextProblem> = {
  template: 'unclosedTemplate',
  link: 'unclosedLink',
  external: 'unclosedLink',
  variant: 'unclosedTag',
  table: 'unclosedTable',
  htmlTable: 'unclosedTable',
  htmlList: 'unclosedTag',
  htmlHeading: 'unclosedTag',
};

/** The tokens so far, with the open ones on a stack. All that is done to a token over its life is bounded by the pipes in it. */
export class Pairs {
  readonly tokens: Token[] = [];
  readonly problems = new Set<WikitextProblem>();
  /** What is open, outermost first. */
  private readonly open: Token[] = [];
  /** How many of each kind are, so that a stray closing mark costs no search. */
  private readonly openCount: Record<PairKind, number>;

  constructor() {
    this.openCount = Object.fromEntries(PAIR_KINDS.map((kind) => [kind, 0])) as Record<PairKind, number>;
  }

  add(kind: TokenKind, start: number, end: number, literal = ''): Token {
    const token = newToken(kind, start, end, this.tokens.length, literal);
    this.tokens.push(token);
    return token;
  }

  /** Opens a pair by the mark over [start, end); gives `end`. */
  push(kind: PairKind, start: number, end: number): number {
    this.open.push(this.add(kind, start, end));
    this.openCount[kind]++;
    return end;
  }

  top(): Token | undefined {
    return this.open[this.open.length - 1];
  }

  isOpen(kind: PairKind): boolean {
    return this.openCount[kind] > 0;
  }

  /** Ends the innermost open pair of `kind` by the mark over [start, end); gives `end`. What was opened in it since was never closed. A mark without a partner goes. */
  close(kind: PairKind, start: number, end: number): number {
    if (this.openCount[kind] === 0) {
      this.add('gone', start, end);
      return end;
    }
    const pipes: number[][] = [];
    while (this.top()!.kind !== kind) pipes.push(this.abandon());
    const token = this.open.pop()!;
    this.openCount[kind]--;
    if (this.open.length >= DEEPEST) this.problems.add('nestedTooDeep');
    for (const inner of pipes.reverse()) for (const pipe of inner) token.pipes.push(pipe);
    token.close = start;
    token.after = end;
    token.next = this.tokens.length;
    return end;
  }

  /**
   * Gives up on the innermost: it ends where a single bracket may have meant it to, or stays unclosed.
   * Gives the offsets of each `|` that parts what is around it instead.
   */
  abandon(): number[] {
    const token = this.open.pop()!;
    const kind = token.kind as PairKind;
    this.openCount[kind]--;
    this.problems.add(PROBLEM_OF[kind]);
    if (token.looseEnd < 0) return token.pipes;
    token.close = token.looseEnd;
    token.after = token.looseEnd + 1;
    token.next = token.looseNext;
    const { pipes } = token;
    token.pipes = pipes.filter((pipe) => pipe < token.close);
    return pipes.slice(token.pipes.length);
  }

  abandonAll(): void {
    while (this.open.length > 0) this.abandon();
  }

  /** Notes a single bracket that may have been meant to close the innermost pair. */
  noteLooseEnd(at: number): void {
    const token = this.top()!;
    if (token.looseEnd >= 0) return;
    token.looseEnd = at;
    token.looseNext = this.tokens.length;
  }
}
