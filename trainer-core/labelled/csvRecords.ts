/** Records of CSV (RFC 4180): fields between commas, in quotes where they hold a comma, a quote (doubled) or a line break. */
import { LINE_LIMIT_BYTES, type TextLine } from '../corpus/textLines.js';
import { TrainerError } from '../protocol/errors.js';

/** The fields of a record, and the line that it begins in. */
export interface CsvRecord {
  line: number;
  cells: string[];
}

/**
 * The records of some lines. Blank lines between records are passed over. Line breaks within quotes come out as LF. A quote that does
 * not begin a field stands for itself, as in most programs.
 * Throws `csvQuoteOpen` for a quote that is not closed before the end, or within 4 Mi characters; `csvAfterQuote` for text after one.
 */
export async function* csvRecords(lines: AsyncIterable<TextLine>, file: string): AsyncGenerator<CsvRecord> {
  let cells: string[] = [];
  let begins = 0;
  /** What is between quotes so far, and the line they were opened in; null outside of quotes. */
  let quoted: { text: string[]; line: number; units: number } | null = null;
  for await (const { text, line } of lines) {
    let at = 0;
    if (quoted === null) {
      if (text === '') continue;
      begins = line;
    }
    for (;;) {
      if (quoted === null && text[at] !== '"') {
        const comma = text.indexOf(',', at);
        cells.push(text.slice(at, comma < 0 ? text.length : comma));
        if (comma < 0) break;
        at = comma + 1;
        continue;
      }
      if (quoted === null) {
        quoted = { text: [], line, units: 0 };
        at += 1;
      }
      const close = closingQuote(text, at);
      const part = text.slice(at, close < 0 ? text.length : close).replaceAll('""', '"');
      quoted.text.push(part);
      quoted.units += part.length + 1;
      if (quoted.units > LINE_LIMIT_BYTES) throw new TrainerError('csvQuoteOpen', { file, line: quoted.line });
      if (close < 0) break;
      cells.push(quoted.text.join('\n'));
      quoted = null;
      at = close + 1;
      if (at === text.length) break;
      if (text[at] !== ',') throw new TrainerError('csvAfterQuote', { file, line, column: at + 1 });
      at += 1;
    }
    if (quoted !== null) continue;
    yield { line: begins, cells };
    cells = [];
  }
  if (quoted !== null) throw new TrainerError('csvQuoteOpen', { file, line: quoted.line });
}

/** The place of the next quote from `from` on that is not doubled; -1 where there is none. */
function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at >= 0; at = text.indexOf('"', at + 2)) if (text[at + 1] !== '"') return at;
  return -1;
}
