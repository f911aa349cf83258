/** Text, cut into the lines that a document is made of. */
import { isUtf8 } from 'node:buffer';
import { TrainerError } from '../protocol/errors.js';
import { emptyDocuments } from './emptyDocuments.js';
import type { ChunkDocuments, Document, InputChunk } from './inputs.js';

/** Whatever ends a line in Unicode's eyes (UAX 14, mandatory breaks), so that none is left inside of one. */
const LINE_BREAK = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/;

/** The lines of a text, trimmed, without blank ones. */
export function linesOf(text: string): string[] {
  return text.split(LINE_BREAK).flatMap((line) => {
    const trimmed = line.trim();
    return trimmed === '' ? [] : [trimmed];
  });
}

/** The text of a chunk, by lines as they are counted; the first has the number `firstLine`. Throws `invalidUtf8`. */
export function decodeLines({ bytes, file, firstLine }: InputChunk): string[] {
  const text = Buffer.from(bytes!.buffer, bytes!.byteOffset, bytes!.byteLength);
  if (!isUtf8(text)) throw new TrainerError('invalidUtf8', { file: file.file, line: firstLine + invalidLine(text) });
  const lines = text.toString('utf8').split('\n');
  if (firstLine === 1) lines[0] = lines[0]!.replace(/^\uFEFF/, '');
  return lines;
}

/** Documents of plain text: lines up to a blank one, or each line. Their ids are the numbers of their first lines. */
export function textDocuments(chunk: InputChunk, by: 'blankLines' | 'lines'): ChunkDocuments {
  const result = emptyDocuments();
  let document: Document | null = null;
  for (const [index, raw] of decodeLines(chunk).entries()) {
    const lines = linesOf(raw);
    if (lines.length === 0 || by === 'lines') document = null;
    if (lines.length === 0) continue;
    if (document === null) {
      document = { id: String(chunk.firstLine + index), title: '', lines: [] };
      result.documents.push(document);
    }
    document.lines.push(...lines);
  }
  return result;
}

/** The index of the first line that is not UTF-8. */
function invalidLine(text: Buffer): number {
  let index = 0;
  for (let start = 0; ; index++) {
    const end = text.indexOf(0x0a, start);
    if (end < 0 || !isUtf8(text.subarray(start, end))) return index;
    start = end + 1;
  }
}
