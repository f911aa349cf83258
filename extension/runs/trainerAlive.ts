/** Whether the trainer that a run's `state.json` names is still there. */

import { createConnection } from 'node:net';
import { isOnThisMachine } from '../../trainer-core/protocol/socketAddress.js';

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

/**
 * Whether someone listens at a socket that a run folder names. False only when it is gone or refuses: a busy trainer may be slow to
 * answer. A folder may come from anyone, so nothing but a socket of this machine is connected to.
 */
export async function isListening(address: string): Promise<boolean> {
  if (!isOnThisMachine(address, process.platform)) return false;
  return await new Promise((resolve) => {
    // As a bare string, digits would be a port.
    const socket = createConnection({ path: address });
    const answer = (listening: boolean) => {
      socket.destroy();
      resolve(listening);
    };
    socket.setTimeout(CONNECT_TIMEOUT_MS, () => answer(true));
    socket.on('connect', () => answer(true));
    socket.on('error', ({ code }: NodeJS.ErrnoException) => answer(code !== 'ECONNREFUSED' && code !== 'ENOENT'));
  });
}
