/**
 * What was found out about devices and how fast they are, remembered for each machine in a file of the user's cache folder. It can
 * always be found out anew, so a file that is damaged or cannot be written is no error.
 */

import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { atomicFile } from '../checkpoint/atomicWrite.js';
import { DEVICE_NAMES, deviceFault } from '../protocol/devices.js';

const device = z.object({
  name: z.enum(DEVICE_NAMES),
  description: z.string(),
  software: z.boolean(),
  /** Why it is not to be used although it runs: what the timing found. */
  fault: deviceFault.nullable(),
  measured: z.object({ milliseconds: z.number().nullable(), measuredAt: z.string() }).nullable(),
});
/** A device that runs. `milliseconds` is null of one that did not get through the timing. */
export type RememberedDevice = z.output<typeof device>;

const machine = z.object({ key: z.string(), triedAt: z.string(), devices: z.array(device) });
/** `triedAt`: when all that may be there was last tried; what of it did not run is not among the devices. */
export type RememberedMachine = z.output<typeof machine>;

const file = z.object({ version: z.literal(3), machines: z.array(machine) });

/** Home folders are shared by machines, and a machine changes: the newest are kept. */
const MOST_MACHINES = 16;

type Environment = Readonly<Record<string, string | undefined>>;

/** Where it is, by each system's own custom. */
export function rememberedFile(env: Environment = process.env, system: string = process.platform): string {
  const home = homedir();
  const cache =
    system === 'win32'
      ? env.LOCALAPPDATA || join(home, 'AppData', 'Local')
      : env.XDG_CACHE_HOME || join(home, ...(system === 'darwin' ? ['Library', 'Caches'] : ['.cache']));
  return join(cache, 'distilbert-studio', 'devices.json');
}

/** What is known of the machine of this key; null when nothing is. */
export async function recall(key: string, path = rememberedFile()): Promise<RememberedMachine | null> {
  return (await machinesIn(path)).find((each) => each.key === key) ?? null;
}

/** Keeps what is known of a machine whose devices have just been tried, in place of what was. */
export async function remember(
  key: string,
  devices: readonly RememberedDevice[],
  path = rememberedFile(),
): Promise<void> {
  const others = (await machinesIn(path)).filter((each) => each.key !== key);
  const machines = [{ key, triedAt: new Date().toISOString(), devices }, ...others].slice(0, MOST_MACHINES);
  await atomicFile(path, `${JSON.stringify({ version: 3, machines }, null, 2)}\n`).catch(() => {});
}

async function machinesIn(path: string): Promise<RememberedMachine[]> {
  try {
    return file.parse(JSON.parse(await readFile(path, 'utf8'))).machines;
  } catch {
    return [];
  }
}
