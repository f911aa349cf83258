/** Asks something of a running trainer over its run's socket; knows nothing of VS Code. */

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import path from 'node:path';
import { createMessageConnection, SocketMessageReader, SocketMessageWriter } from 'vscode-jsonrpc/node';
import * as z from 'zod';
import { TRAINER_REQUESTS, type TrainerMethod, type TrainerRequests } from '../../trainer-core/protocol/control.js';
import { isOnThisMachine } from '../../trainer-core/protocol/socketAddress.js';

/** `stop` is answered at once; a checkpoint waits for the end of a step, which takes minutes when a large model accumulates. */
const TIMEOUT_MS: Readonly<Record<TrainerMethod, number>> = { stop: 10_000, saveCheckpoint: 600_000 };

/** What is read of `state.json`. A signal to a pid below 1 would go to a whole group of processes. */
const reachableState = z.object({ status: z.literal('running'), pid: z.int().min(1), socket: z.string().optional() });

/** The run has no trainer that answers: it is over, was killed, or ended before it could do what was asked. */
export class TrainerNotReachable extends Error {
  override readonly name = 'TrainerNotReachable';

  constructor(
    readonly folder: string,
    options?: { cause?: unknown },
  ) {
    super(`The trainer of ${path.basename(folder)} does not answer.`, options);
  }
}

/**
 * Sends one request to the trainer of the run in `folder` and resolves with its answer: `stop` is answered at once, and the run
 * ends after its step; `saveCheckpoint` when the checkpoint is on disk. A trainer without a socket is stopped by a signal.
 * Rejects with TrainerNotReachable.
 */
export async function requestTrainer<M extends TrainerMethod>(
  folder: string,
  method: M,
): Promise<TrainerRequests[M]['result']> {
  try {
    const { pid, socket } = reachableState.parse(JSON.parse(await readFile(path.join(folder, 'state.json'), 'utf8')));
    if (socket !== undefined) return await request(socket, method);
    if (method !== 'stop') throw new Error('The trainer has no socket.');
    process.kill(pid, 'SIGTERM');
    return TRAINER_REQUESTS[method].result.parse(null) as TrainerRequests[M]['result'];
  } catch (cause) {
    throw new TrainerNotReachable(folder, { cause });
  }
}

async function request<M extends TrainerMethod>(address: string, method: M): Promise<TrainerRequests[M]['result']> {
  const signal = AbortSignal.timeout(TIMEOUT_MS[method]);
  if (!isOnThisMachine(address, process.platform)) throw new Error('The run names no socket of this machine.');
  const socket = createConnection({ path: address });
  const reader = new SocketMessageReader(socket);
  // The timer that waits for the rest of half an answer would outlive the socket.
  reader.partialMessageTimeout = 0;
  const connection = createMessageConnection(reader, new SocketMessageWriter(socket));
  // A trainer that ends without an answer hangs up, and disposing rejects what is still waiting.
  const dispose = () => connection.dispose();
  socket.on('close', dispose);
  signal.addEventListener('abort', dispose);
  try {
    await once(socket, 'connect', { signal });
    connection.listen();
    const result: unknown = await connection.sendRequest(method, {});
    return TRAINER_REQUESTS[method].result.parse(result) as TrainerRequests[M]['result'];
  } finally {
    signal.removeEventListener('abort', dispose);
    socket.off('close', dispose);
    connection.dispose();
    socket.destroy();
  }
}
