/** What to call a model in lists. */

import path from 'node:path';

/** The folder's name; a run's model (`RUN/final`, `RUN/best`) is called after its run, the best with its part. */
export function modelName(folder: string): string {
  const name = path.basename(folder);
  const run = path.basename(path.dirname(folder));
  if (run === '') return name;
  return name === 'final' ? run : name === 'best' ? `${run}/best` : name;
}
