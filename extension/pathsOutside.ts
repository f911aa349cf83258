/** Which files and folders lie outside of where the extension may read unasked. */

import { realpath } from 'node:fs/promises';
import path from 'node:path';

/** Those of `paths` that do not lie in one of `roots`, links followed. */
export async function pathsOutside(paths: readonly string[], roots: readonly string[]): Promise<string[]> {
  const inside = await Promise.all(roots.map(whereItIs));
  const real = await Promise.all(paths.map(async (given) => ({ given, real: await whereItIs(given) })));
  return real.filter(({ real }) => !inside.some((root) => isInside(root, real))).map(({ given }) => given);
}

/** Whether `file` is `root` or lies in it, by their paths alone. */
export function isInside(root: string, file: string): boolean {
  const relative = path.relative(root, file);
  return relative === '' || (relative.split(path.sep)[0] !== '..' && !path.isAbsolute(relative));
}

/** The path with every link followed; what does not exist yet is taken as it would lie in the nearest folder that does. */
async function whereItIs(file: string): Promise<string> {
  try {
    return await realpath(file);
  } catch {
    const parent = path.dirname(file);
    return parent === file ? file : path.join(await whereItIs(parent), path.basename(file));
  }
}
