/** The socket that a run is controlled by: where it lies, and that nobody but its owner can open it. */

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createConnection, type Server } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { TrainerError } from '../protocol/errors.js';
import { isOnThisMachine } from '../protocol/socketAddress.js';

/** macOS takes 104 bytes with the final zero, Linux 108. */
const LONGEST_PATH_BYTES = 103;
/** A living process answers at once, also a busy one: the system accepts for it. */
const CONNECT_TIMEOUT_MS = 2000;

/** A socket's address, and how to clear away what was made for it besides the socket itself. */
export interface ListeningSocket {
  address: string;
  clear(): Promise<void>;
}

/**
 * Makes `server` listen for the run in `folder`: in the folder itself, or in the system's folder for temporary files where the
 * path would be too long or the file system has no sockets. What a killed process left there is replaced.
 * Throws `runBusy` when another process listens for this run, and the system's error.
 */
export async function listenFor(folder: string, server: Server): Promise<ListeningSocket> {
  if (process.platform === 'win32') {
    // Any user may list and open pipes, so the name must not be guessed; it is written in the run's folder only.
    return await listen(server, `\\\\.\\pipe\\distilbert-studio-${randomBytes(16).toString('hex')}`);
  }
  const address = path.join(folder, 'control.sock');
  if (Buffer.byteLength(address) <= LONGEST_PATH_BYTES) {
    try {
      return await listenInPlaceOfDead(server, address, folder);
    } catch (error) {
      if (error instanceof TrainerError) throw error;
    }
  }
  // Made with mode 0700 and a name of its own.
  const own = await mkdtemp(path.join(os.tmpdir(), 'distilbert-'));
  const clear = () => rm(own, { recursive: true, force: true });
  try {
    return { ...(await listen(server, path.join(own, 'control.sock'))), clear };
  } catch (error) {
    await clear();
    throw error;
  }
}

/** True when a process listens at `address`; false for what is no path on this machine. */
export async function isListening(address: string): Promise<boolean> {
  if (!isOnThisMachine(address, process.platform)) return false;
  const socket = createConnection({ path: address });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(CONNECT_TIMEOUT_MS) });
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function listenInPlaceOfDead(server: Server, address: string, folder: string): Promise<ListeningSocket> {
  try {
    return await listen(server, address);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    if (await isListening(address)) throw new TrainerError('runBusy', { folder, pid: null });
    await rm(address);
    return await listen(server, address);
  }
}

async function listen(server: Server, address: string): Promise<ListeningSocket> {
  // The file is made within this call, so that there is no moment in which others could open it.
  const mask = process.umask(0o177);
  try {
    server.listen(address);
  } finally {
    process.umask(mask);
  }
  await once(server, 'listening');
  return { address, clear: async () => {} };
}
