/** A template's arguments, rendered when they are asked for and not before. */
import type { TemplateArguments } from './templates.js';
import type { Token } from './tokens.js';

/** Renders [from, to); `index` is the first token from there. */
type Render = (from: number, to: number, index: number) => string;

interface Source {
  from: number;
  to: number;
  index: number;
}

class SourceArguments implements TemplateArguments {
  count = 0;
  private readonly sources = new Map<string, Source>();
  private readonly rendered = new Map<string, string>();

  constructor(private readonly render: Render) {}

  add(name: string | undefined, source: Source): void {
    this.sources.set(name ?? String(++this.count), source);
  }

  has(name: string): boolean {
    return this.sources.has(name);
  }

  at(n: number): string {
    return this.named(String(n));
  }

  /** Each is rendered once, however often a rule asks: nested templates would double the work at every level. */
  named(name: string): string {
    const known = this.rendered.get(name);
    if (known !== undefined) return known;
    const source = this.sources.get(name);
    const text = source === undefined ? '' : this.render(source.from, source.to, source.index).trim();
    this.rendered.set(name, text);
    return text;
  }
}

/** The arguments of the template `token`, which is the `index`-th token. */
export function readArguments(
  text: string,
  tokens: readonly Token[],
  token: Token,
  index: number,
  render: Render,
): SourceArguments {
  const args = new SourceArguments(render);
  let next = index + 1;
  for (let n = 0; n < token.pipes.length; n++) {
    const start = token.pipes[n]! + 1;
    const end = token.pipes[n + 1] ?? token.close;
    while (next < token.next && tokens[next]!.start < start) next = tokens[next]!.next;
    const equals = nameEnd(text, tokens, start, end, next);
    if (equals < 0) args.add(undefined, { from: start, to: end, index: next });
    else args.add(text.slice(start, equals).trim(), { from: equals + 1, to: end, index: next });
  }
  return args;
}

/** Where the `=` behind an argument's name is; -1: it has none. One inside of another construct does not count. */
function nameEnd(text: string, tokens: readonly Token[], start: number, end: number, index: number): number {
  let limit = end;
  for (let next = index; next < tokens.length && tokens[next]!.start < end; next++) {
    const { kind, start: tokenStart } = tokens[next]!;
    if (kind === 'line' || kind === 'blankLine') continue;
    limit = tokenStart;
    break;
  }
  const equals = text.slice(start, limit).indexOf('=');
  return equals < 0 ? -1 : start + equals;
}
