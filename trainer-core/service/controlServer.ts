/** The side of protocol/control.ts that answers: JSON-RPC over a run's own socket. */

import { createServer, type Socket } from 'node:net';
import {
  createMessageConnection,
  ErrorCodes,
  ResponseError,
  SocketMessageReader,
  SocketMessageWriter,
} from 'vscode-jsonrpc/node';
import { TRAINER_REQUESTS, type TrainerMethod, type TrainerRequests } from '../protocol/control.js';
import { listenFor } from './controlSocket.js';

/** How long an answer may take on its way when the run has ended. */
const LAST_WORDS_MS = 1000;

/** What is done for each method; none takes parameters yet. */
export type TrainerHandlers = {
  [M in TrainerMethod]: () => TrainerRequests[M]['result'] | Promise<TrainerRequests[M]['result']>;
};

/** A server that listens. */
export interface ControlServer {
  /** For `state.json`. */
  readonly address: string;
  /** Hangs up on everyone and removes the socket. */
  close(): Promise<void>;
}

/** Answers requests to the run in `folder` until it is closed. Throws `runBusy`, and the system's error when it cannot listen. */
export async function openControlServer(folder: string, handlers: TrainerHandlers): Promise<ControlServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // Whoever hangs up in the middle of an answer does not want it.
    socket.on('error', () => socket.destroy());
    answer(socket, handlers);
  });
  const { address, clear } = await listenFor(folder, server);
  return {
    address,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      // What was answered just now is still sent, unless nobody reads it.
      for (const socket of sockets) socket.destroySoon();
      const giveUp = setTimeout(() => {
        for (const socket of sockets) socket.destroy();
      }, LAST_WORDS_MS);
      await closed;
      clearTimeout(giveUp);
      await clear();
    },
  };
}

function answer(socket: Socket, handlers: TrainerHandlers): void {
  const reader = new SocketMessageReader(socket);
  // The timer that waits for the rest of half a message outlives the socket, and would keep the process alive.
  reader.partialMessageTimeout = 0;
  const connection = createMessageConnection(reader, new SocketMessageWriter(socket));
  for (const [method, { params }] of Object.entries(TRAINER_REQUESTS)) {
    connection.onRequest(method, async (given: unknown): Promise<unknown> => {
      const parsed = params.safeParse(given);
      if (!parsed.success) throw new ResponseError(ErrorCodes.InvalidParams, parsed.error.message);
      return await handlers[method as TrainerMethod]();
    });
  }
  connection.listen();
}
