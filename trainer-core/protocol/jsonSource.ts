/** Reads JSON (RFC 8259) and remembers on which line each key stands, which JSON.parse cannot tell, so that errors can point at it. */

import { type JsonFault, TrainerError } from './errors.js';

/** Where a value lies inside a JSON document: the keys and indices that lead to it. */
export type JsonPath = readonly (string | number)[];

/** A parsed document. `lineOf` gives the line (from 1) of the key or element at a path, or null when there is none. */
export interface JsonSource {
  value: unknown;
  lineOf(path: JsonPath): number | null;
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 8259 forbids exactly these inside a string.
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y;
const SPACE = /[ \t\r\n]*/y;
const LITERALS = new Map<string, unknown>([
  ['true', true],
  ['false', false],
  ['null', null],
]);
const MAX_DEPTH = 64;

type Unexpected = Extract<JsonFault, { problem: 'unexpected' }>;

/** Parses `text`. Throws `configInvalidJson` with the line, also for a key given twice. */
export function parseJsonSource(text: string, file: string): JsonSource {
  const lines = new Map<string, number>();
  const source = text.replace(/^\uFEFF/, '');
  let at = 0;

  let counted = 0;
  let lineNumber = 1;
  // `at` never goes back behind a place whose line was asked for, so lines are counted once.
  const line = () => {
    for (; counted < at; counted++) if (source[counted] === '\n') lineNumber++;
    return lineNumber;
  };
  const fail = (fault: JsonFault): never => {
    throw new TrainerError('configInvalidJson', { file, line: line(), fault });
  };
  const expected = (what: Unexpected['expected']): never => {
    const got = at < source.length ? source.slice(at).split(/[\s,:{}[\]]/, 1)[0] || source.charAt(at) : null;
    return fail({ problem: 'unexpected', expected: what, got: got && got.length > 20 ? `${got.slice(0, 20)}…` : got });
  };
  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(source)?.[0] ?? null;
    if (found !== null) at += found.length;
    return found;
  };
  const skip = (character: string): boolean => {
    match(SPACE);
    if (source[at] !== character) return false;
    at++;
    match(SPACE);
    return true;
  };

  function members(path: JsonPath): Record<string, unknown> {
    const entries = new Map<string, unknown>();
    if (skip('}')) return {};
    do {
      const keyAt = at;
      const key: string = JSON.parse(match(STRING) ?? expected('key'));
      if (entries.has(key)) {
        at = keyAt;
        fail({ problem: 'duplicate-key', key });
      }
      lines.set(JSON.stringify([...path, key]), line());
      if (!skip(':')) expected('colon');
      entries.set(key, valueAt([...path, key]));
    } while (skip(','));
    if (!skip('}')) expected('next-key');
    return Object.fromEntries(entries);
  }

  function elements(path: JsonPath): unknown[] {
    const values: unknown[] = [];
    if (skip(']')) return values;
    do {
      const place = [...path, values.length];
      lines.set(JSON.stringify(place), line());
      values.push(valueAt(place));
    } while (skip(','));
    if (!skip(']')) expected('next-element');
    return values;
  }

  function valueAt(path: JsonPath): unknown {
    if (path.length > MAX_DEPTH) fail({ problem: 'too-deep', limit: MAX_DEPTH });
    if (skip('{')) return members(path);
    if (skip('[')) return elements(path);
    const string = match(STRING);
    if (string !== null) return JSON.parse(string);
    const number = match(NUMBER);
    if (number !== null) return Number(number);
    for (const [word, value] of LITERALS) {
      if (source.startsWith(word, at)) {
        at += word.length;
        return value;
      }
    }
    return expected('value');
  }

  match(SPACE);
  const value = valueAt([]);
  match(SPACE);
  if (at < source.length) expected('end');
  return { value, lineOf: (path) => lines.get(JSON.stringify(path)) ?? null };
}
