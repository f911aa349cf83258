/** Which model of the Hugging Face hub a folder is, and what an id of one looks like. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ORIGIN_FILE } from '../checkpoint/modelFolder.js';
import { TrainerError } from '../protocol/errors.js';

/** The hub's own rule for names, and nothing that an address or a file system takes for something else. */
const NAME = '[A-Za-z0-9_][\\w.-]{0,95}';
const ID = new RegExp(`^${NAME}(?:/${NAME})?$`);

/** True for `name` and `organisation/name`. */
export function isHubId(text: string): boolean {
  return ID.test(text) && !text.includes('..') && !text.includes('--');
}

/** Throws `modelIdInvalid` unless `text` is the id of a model. */
export function requireHubId(text: string): void {
  if (!isHubId(text)) throw new TrainerError('modelIdInvalid', { id: text });
}

/** The id of a model in Hugging Face's cache, where it lies in `models--ORGANISATION--NAME/snapshots/COMMIT`; else null. */
export function hubIdInPath(folder: string): string | null {
  const name = /(?:^|[\\/])models--([^\\/]+)[\\/]snapshots[\\/][^\\/]+[\\/]?$/.exec(folder)?.[1];
  return name?.replace('--', '/') ?? null;
}

/** The id of the hub's model that a folder holds: by its path, or by what `import` wrote into it; null for others. */
export async function hubIdOf(folder: string): Promise<string | null> {
  const inPath = hubIdInPath(folder);
  if (inPath !== null) return inPath;
  try {
    const { id } = JSON.parse(await readFile(join(folder, ORIGIN_FILE), 'utf8')) as { id?: unknown };
    return typeof id === 'string' && isHubId(id) ? id : null;
  } catch {
    // Not imported from the hub.
    return null;
  }
}
