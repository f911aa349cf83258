/** A terminal for tests: text in, text out. */

import { PassThrough, Writable } from 'node:stream';
import type { Terminal } from '../../trainer-core/cli/command.js';

/** A stream that keeps what is written to it. */
export class Sink extends Writable {
  text = '';
  isTTY?: boolean;
  columns?: number;

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** A terminal whose output can be read. */
export interface TestTerminal extends Terminal {
  stdout: Sink;
  stderr: Sink;
}

/** A terminal whose standard input is `input`. */
export function testTerminal(input = ''): TestTerminal {
  return {
    stdin: new PassThrough().end(input),
    stdout: new Sink(),
    stderr: new Sink(),
    env: {},
    program: 'distilbert-studio',
    signal: new AbortController().signal,
  };
}
