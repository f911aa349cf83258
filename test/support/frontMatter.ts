/** A small strict reader of the YAML before a model card's text; what it does not know it refuses. It shares no code with the writer. */

export type FrontMatter = string | number | FrontMatter[] | { [key: string]: FrontMatter };

interface Line {
  indent: number;
  text: string;
}

/** The front matter as an object, and the Markdown after it. */
export function readFrontMatter(card: string): { data: { [key: string]: FrontMatter }; body: string } {
  const [, yaml, body] = /^---\n([\s\S]*?\n)---\n([\s\S]*)$/.exec(card) ?? [];
  if (yaml === undefined || body === undefined) throw new Error('no front matter');
  const lines = yaml
    .slice(0, -1)
    .split('\n')
    .map((line) => {
      const indent = line.length - line.trimStart().length;
      if (/\t|\s$/.test(line) || line.length === indent) throw new Error(`not a line: ${JSON.stringify(line)}`);
      return { indent, text: line.slice(indent) };
    });
  const data = block(lines, 0);
  if (lines.length > 0 || typeof data !== 'object' || Array.isArray(data)) throw new Error('not one object');
  return { data, body };
}

/** Takes the lines of a block off the front. */
function block(lines: Line[], indent: number): FrontMatter {
  return lines[0]?.text.startsWith('- ') ? list(lines, indent) : map(lines, indent);
}

function list(lines: Line[], indent: number): FrontMatter[] {
  const items: FrontMatter[] = [];
  while (lines[0]?.indent === indent && lines[0].text.startsWith('- ')) {
    const text = lines[0].text.slice(2);
    if (isEntry(text)) {
      lines[0] = { indent: indent + 2, text };
      items.push(map(lines, indent + 2));
    } else {
      lines.shift();
      items.push(scalar(text));
    }
  }
  return items;
}

function map(lines: Line[], indent: number): { [key: string]: FrontMatter } {
  const found: { [key: string]: FrontMatter } = {};
  while (lines[0]?.indent === indent && !lines[0].text.startsWith('- ')) {
    const { text } = lines.shift() as Line;
    const [, key, value] = /^([a-z_-]+):(?: (.+))?$/.exec(text) ?? [];
    if (key === undefined || key in found) throw new Error(`not an entry: ${text}`);
    if (value !== undefined) found[key] = scalar(value);
    else {
      const inner = lines[0];
      if (!inner || inner.indent < indent || (inner.indent === indent && !inner.text.startsWith('- ')))
        throw new Error(`nothing in ${key}`);
      found[key] = block(lines, inner.indent);
    }
  }
  if ((lines[0]?.indent ?? 0) > indent) throw new Error(`too far in: ${lines[0]?.text}`);
  return found;
}

function isEntry(text: string): boolean {
  return /^[a-z_-]+:( |$)/.test(text);
}

function scalar(text: string): string | number {
  if (/^"([^"\\]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"$/.test(text)) return JSON.parse(text) as string;
  if (/^-?\d+(\.\d+(e[+-]\d+)?)?$/.test(text)) return Number(text);
  if (/^[A-Za-z][A-Za-z0-9_./-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text)) return text;
  throw new Error(`not a scalar: ${text}`);
}
