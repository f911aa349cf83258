/** Whether the trainer that a run's `state.json` names is still there. */

import { createConnection } from 'node:net';

const CONNECT_TIMEOUT_MS = 1000;

/** True while there is a process of this id, which after a restart may be another program's. */
export function isProcessAlive(pid: number): boolean {
  try {
    // Signal 0 asks only whether the process is there.
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, and another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** False only when the socket is gone or refuses: a busy trainer may be slow to answer. */
export function isListening(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(address);
    const answer = (listening: boolean) => {
      socket.destroy();
      resolve(listening);
    };
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => answer(true));
    socket.on('connect', () => answer(true));
    socket.on('error', ({ code }: NodeJS.ErrnoException) => answer(code !== 'ECONNREFUSED' && code !== 'ENOENT'));
  });
}
