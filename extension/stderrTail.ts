/** The last of what a process said on standard error. */

import type { Readable } from 'node:stream';

const KEPT_CHARACTERS = 16 * 1024;

/** Listens to `stderr`; what is returned gives the last 16,384 characters so far. */
export function stderrTail(stderr: Readable): () => string {
  let tail = '';
  stderr.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-KEPT_CHARACTERS);
  });
  return () => tail;
}
