/** Lines in and out for programs in a pipe: standard input as batches of lines, output that waits for its reader. */

import { isUtf8 } from 'node:buffer';
import { once } from 'node:events';
import { addAbortSignal, type Readable, type Writable } from 'node:stream';
import { TrainerError } from '../protocol/errors.js';

/** The longest line taken from a stream, in bytes. */
const LINE_LIMIT_BYTES = 64 * 1024 * 1024;
const LINE_FEED = 0x0a;

/**
 * The lines of a UTF-8 stream, in batches as they arrive, so that each can be answered at once.
 * Only LF ends a line, except where the first line ends in CR LF: then CR LF does. A byte order mark at the start is dropped.
 * Throws `invalidUtf8` and `lineTooLong` with the line; `name` is what they call the stream. Throws an AbortError as soon as `signal` aborts.
 */
export async function* lineBatches(stream: Readable, signal: AbortSignal, name = '<stdin>'): AsyncGenerator<string[]> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  let line = 0;
  let windows = false;

  const decode = (bytes: Buffer): string => {
    line++;
    if (!isUtf8(bytes)) throw new TrainerError('invalidUtf8', { file: name, line });
    let text = bytes.toString('utf8');
    if (line === 1) {
      if (text.startsWith('\uFEFF')) text = text.slice(1);
      windows = text.endsWith('\r');
    }
    return windows && text.endsWith('\r') ? text.slice(0, -1) : text;
  };

  for await (const chunk of addAbortSignal(signal, stream) as AsyncIterable<Buffer>) {
    const end = chunk.lastIndexOf(LINE_FEED);
    if (end < 0) {
      rest.push(chunk);
      restBytes += chunk.length;
      if (restBytes > LINE_LIMIT_BYTES) {
        throw new TrainerError('lineTooLong', { file: name, line: line + 1, limitBytes: LINE_LIMIT_BYTES });
      }
      continue;
    }
    const whole = Buffer.concat([...rest, chunk.subarray(0, end)]);
    const batch: string[] = [];
    let start = 0;
    for (let at = whole.indexOf(LINE_FEED); at >= 0; at = whole.indexOf(LINE_FEED, start)) {
      batch.push(decode(whole.subarray(start, at)));
      start = at + 1;
    }
    batch.push(decode(whole.subarray(start)));
    rest = [chunk.subarray(end + 1)];
    restBytes = chunk.length - end - 1;
    yield batch;
  }
  const last = Buffer.concat(rest);
  if (last.length > 0) yield [decode(last)];
}

/** Writes text and waits while the reader is slower than we are. Returns early when the stream closes or `signal` aborts. */
export async function writeText(stream: Writable, text: string, signal: AbortSignal): Promise<void> {
  if (signal.aborted || stream.write(text)) return;
  try {
    await once(stream, 'drain', { signal });
  } catch {
    // Aborted, or the stream broke: main's listener says what that means.
  }
}
