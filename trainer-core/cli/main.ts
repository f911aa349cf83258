/** Where the process starts: gives the program the real streams, Ctrl+C and a closed pipe. */

import { basename, relative } from 'node:path';
import { productVersion } from '../devices/versions.js';
import { OutputClosed } from './command.js';
import { runProgram } from './program.js';
import { quoted } from './quoted.js';

// ONNX Runtime reads this when it is loaded, which happens only inside the commands that compute.
process.env.ORT_DISABLE_TELEMETRY = '1';

const stop = new AbortController();

process.on('SIGINT', () => {
  if (stop.signal.aborted) process.exit(130);
  stop.abort();
});
process.on('SIGTERM', () => stop.abort());
// The terminal has gone. A process without one goes on: it was started to outlive whatever started it.
process.on('SIGHUP', () => {
  if (process.stderr.isTTY) stop.abort();
});

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // EIO: a terminal that has gone.
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    stop.abort(new OutputClosed());
  });
}

/** What to write before a command to call this program again. */
function calledAs(): string {
  const script = process.argv[1] ?? '';
  return script.endsWith('.js') ? `node ${quoted(relative('.', script))}` : basename(script);
}

const { stdin, stdout, stderr, env } = process;
const terminal = { stdin, stdout, stderr, env, program: calledAs(), signal: stop.signal };
const code = await runProgram(process.argv.slice(2), terminal, productVersion());
process.exitCode = stop.signal.reason instanceof OutputClosed ? 0 : code;
// A command that ended early leaves standard input open, which would keep the process alive.
stdin.destroy();
