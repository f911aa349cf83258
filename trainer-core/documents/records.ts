/** Where the records of each format begin and end, found in bytes. */
import { LINE_LIMIT_BYTES } from '../corpus/textLines.js';
import { CHUNK_BYTES } from './inputs.js';

/** The longest page of a dump, article of WikiExtractor or line of JSONL that is taken: far above what a wiki allows, 2 MiB. */
export const RECORD_LIMIT_BYTES = 64 * 1024 * 1024;
/** A longer page is one with its history: all revisions but the last are forgotten as it is read. */
export const HISTORY_BYTES = 8 * 1024 * 1024;
/** Enough to see a mark that the end of some bytes cuts in two. */
export const MARK_BYTES = 16;

const LINE_FEED = 0x0a;
const REVISION = '<revision>';

/** A format's records. Whatever lies between two of them belongs to the one after. */
export interface Records {
  /**
   * Where the first record ends that ends at `least` or after; -1 when that is not in these bytes yet. `searched`: so many bytes at the front were
   * searched before, in vain.
   */
  end(bytes: Buffer, least: number, searched: number): number;
  /** Where the last record that is whole ends; 0 when none is. */
  lastEnd(bytes: Buffer): number;
  /** Where the first record begins in bytes that begin anywhere; -1 when none does. */
  start(bytes: Buffer): number;
  /** Whether bytes that are no whole record are a part of one. */
  isPart(bytes: Buffer): boolean;
  /** Where a record begins before the one before it has ended. */
  unended(bytes: Buffer): number[];
  /** When the last record, which has not ended, is very long, with `forgotten` bytes: from where to where it may be forgotten next. */
  spare(bytes: Buffer, forgotten: number): [from: number, to: number] | null;
  /** Longer records are an error. */
  limitBytes: number;
  /** Whether the lines are counted. */
  countLines: boolean;
  /** Whether the end of the file ends a record. */
  endWithFile: boolean;
  /** What stands at the end of a file that is whole; null when that is nothing. */
  fileEnd: string | null;
}

export function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte <= 0x20);
}

/** Records between two marks. */
function marked(open: string, close: string): Records {
  const lastEnd = (bytes: Buffer): number => {
    const at = bytes.lastIndexOf(close);
    return at < 0 ? 0 : at + close.length;
  };
  return {
    end(bytes, least, searched) {
      const at = bytes.indexOf(close, Math.max(0, Math.max(least, searched) - close.length));
      return at < 0 ? -1 : at + close.length;
    },
    lastEnd,
    start: (bytes) => bytes.indexOf(open),
    isPart: (bytes) => bytes.includes(open) || bytes.includes(close),
    unended(bytes) {
      const places: number[] = [];
      for (let begin = bytes.indexOf(open); begin >= 0; ) {
        const next = bytes.indexOf(open, begin + open.length);
        const end = bytes.indexOf(close, begin);
        if (next >= 0 && (end < 0 || next < end)) places.push(next);
        begin = next;
      }
      return places;
    },
    spare(bytes, forgotten) {
      const last = lastEnd(bytes);
      if (bytes.length - last + forgotten <= HISTORY_BYTES) return null;
      const begin = bytes.indexOf(open, last);
      if (begin < 0) return bytes.length > last + MARK_BYTES ? [last, bytes.length - MARK_BYTES] : null;
      if (begin > last) return [last, begin];
      const from = bytes.indexOf(REVISION, begin);
      const to = bytes.lastIndexOf(REVISION);
      return from >= 0 && from < to ? [from, to] : null;
    },
    limitBytes: RECORD_LIMIT_BYTES,
    countLines: false,
    endWithFile: false,
    fileEnd: null,
  };
}

/** Records that are lines, or, `byBlankLines`, lines up to a blank one. */
function lines(limitBytes: number, byBlankLines: boolean): Records {
  const lineEnd = (bytes: Buffer, least: number): number => bytes.indexOf(LINE_FEED, Math.max(0, least - 1)) + 1 || -1;
  return {
    end(bytes, least, searched) {
      if (!byBlankLines) return lineEnd(bytes, Math.max(least, searched));
      // A text without blank lines is cut all the same, at the end of a line.
      const most = least + CHUNK_BYTES;
      const ends = ['\n\n', '\n\r\n'].flatMap((blank) => {
        const at = bytes.subarray(0, most).indexOf(blank, Math.max(0, Math.max(least, searched) - blank.length));
        return at < 0 ? [] : [at + blank.length];
      });
      if (ends.length > 0) return Math.min(...ends);
      return bytes.length < most ? -1 : lineEnd(bytes, Math.max(most, searched));
    },
    lastEnd: (bytes) => bytes.lastIndexOf(LINE_FEED) + 1,
    start: (bytes) => bytes.indexOf(LINE_FEED) + 1 || -1,
    isPart: (bytes) => !isBlank(bytes),
    unended: () => [],
    spare: () => null,
    limitBytes,
    countLines: true,
    endWithFile: true,
    fileEnd: null,
  };
}

export const PAGES: Records = { ...marked('<page>', '</page>'), fileEnd: '</mediawiki>' };
export const ARTICLES: Records = { ...marked('<doc id=', '\n</doc>'), countLines: true };
export const JSON_LINES = lines(RECORD_LIMIT_BYTES, false);
export const TEXT_LINES = lines(LINE_LIMIT_BYTES, false);
export const TEXT_PARAGRAPHS = lines(LINE_LIMIT_BYTES, true);
