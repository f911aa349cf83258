/** Which system this is, and what its folders and files say; both are empty where it has none. */

import { readdirSync, readFileSync } from 'node:fs';

/** `process.platform`-`process.arch`. */
export const PLATFORM = `${process.platform}-${process.arch}`;

/** The names in a folder. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The text of a file. */
export function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
