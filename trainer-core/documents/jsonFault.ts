/** Finds where a text stops being JSON (RFC 8259), which JSON.parse does not always tell. */

const SPACE = /[ \t\r\n]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 8259 forbids exactly these inside a string.
const CHARACTERS = /(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*/y;
const LITERAL = /true|false|null/y;

/** The index of the first character that cannot stand there; the text's length where it ends too soon. For text that JSON.parse refuses. */
export function jsonFaultAt(text: string): number {
  let at = 0;
  const match = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found !== null) at = pattern.lastIndex;
    return found !== null;
  };
  const take = (character: string): boolean => {
    if (text[at] !== character) return false;
    at++;
    return true;
  };
  const string = (): boolean => take('"') && match(CHARACTERS) && take('"');

  // What is open, innermost last, and what has to come next.
  const open: ('}' | ']')[] = [];
  let next: 'value' | 'key' | 'key-or-end' | 'value-or-end' | 'after' = 'value';
  for (;;) {
    match(SPACE);
    if (next === 'after') {
      const end = open.at(-1);
      if (end === undefined) return at;
      if (take(end)) open.pop();
      else if (take(',')) next = end === '}' ? 'key' : 'value';
      else return at;
    } else if (next === 'key' || next === 'key-or-end') {
      if (next === 'key-or-end' && take('}')) {
        open.pop();
        next = 'after';
        continue;
      }
      if (!string()) return at;
      match(SPACE);
      if (!take(':')) return at;
      next = 'value';
    } else if (next === 'value-or-end' && take(']')) {
      open.pop();
      next = 'after';
    } else if (take('{')) {
      open.push('}');
      next = 'key-or-end';
    } else if (take('[')) {
      open.push(']');
      next = 'value-or-end';
    } else if (text[at] === '"' ? string() : match(LITERAL) || match(NUMBER)) {
      next = 'after';
    } else {
      return at;
    }
  }
}
