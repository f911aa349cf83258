/** Writes a new config beside its data: paths relative to it, and a name that nothing has yet. */

import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { TrainerError } from '../../trainer-core/protocol/errors.js';
import { numbered } from '../numbered.js';

/** `wiki.txt.gz` → `wiki`, `jawiki.xml.bz2` → `jawiki`, `train.tsv` → `train`; a folder's name stays. */
export function dataName(file: string): string {
  return (
    path.basename(file).replace(/(\.(txt|tsv|jsonl?|csv|parquet|xml(-p\d+p\d+)?))?(\.(gz|bz2|zst))?$/i, '') ||
    path.basename(file)
  );
}

/** `file` as written in a config in `folder`: relative with `/`, absolute only where there is no way (another drive). */
export function pathInConfig(folder: string, file: string): string {
  const relative = path.relative(folder, file);
  if (relative === '') return '.';
  return path.isAbsolute(relative) ? relative : relative.split(path.sep).join('/');
}

/** A config's text: the paths first, as they lie from `folder`, then the other settings. */
export function configText(
  folder: string,
  paths: Readonly<Record<string, string | readonly string[] | null>>,
  settings: Readonly<Record<string, unknown>>,
): string {
  const written = Object.entries(paths).map(([key, value]) => {
    if (value === null) return [key, null];
    return [key, typeof value === 'string' ? pathInConfig(folder, value) : value.map((v) => pathInConfig(folder, v))];
  });
  return `${JSON.stringify({ ...Object.fromEntries(written), ...settings }, null, 2)}\n`;
}

/** Writes a new file, never over another one; gives its path. Throws `folderNotWritable`. */
export async function writeNewFile(folder: string, stem: string, suffix: string, text: string): Promise<string> {
  for (let number = 1; ; number++) {
    const file = path.join(folder, numbered(stem, suffix, number));
    try {
      await writeFile(file, text, { flag: 'wx' });
      return file;
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code;
      if (reason !== 'EEXIST') throw new TrainerError('folderNotWritable', { folder, reason: reason ?? String(error) });
    }
  }
}
