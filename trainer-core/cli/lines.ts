/** Lines in and out for programs in a pipe: standard input as batches of lines, output that waits for its reader. */

import { once } from 'node:events';
import { addAbortSignal, type Readable, type Writable } from 'node:stream';
import { LineDecoder } from '../corpus/textLines.js';

/** What errors call the stream that lines come from. */
export const STANDARD_INPUT = '<stdin>';

/**
 * The lines of a UTF-8 stream, in batches as they arrive, so that each can be answered at once; cut as `LineDecoder` cuts.
 * Throws `invalidUtf8` and `lineTooLong` with the line. Throws an AbortError as soon as `signal` aborts.
 */
export async function* lineBatches(stream: Readable, signal: AbortSignal): AsyncGenerator<string[]> {
  const decoder = new LineDecoder(STANDARD_INPUT);
  for await (const chunk of addAbortSignal(signal, stream) as AsyncIterable<Buffer>) {
    const batch = Array.from(decoder.push(chunk), ({ text }) => text);
    if (batch.length > 0) yield batch;
  }
  const last = Array.from(decoder.rest(), ({ text }) => text);
  if (last.length > 0) yield last;
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
