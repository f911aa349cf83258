/** Names for run folders. */

import path from 'node:path';

/** `wiki.distill.json` at noon on 3 May 2026 → `wiki-20260503-120000`: readable, and in order of time among its own. */
export function runFolderName(configFile: string, now: Date): string {
  const stem = path.basename(configFile).replace(/(\.\w+)?\.json$/, '');
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  return `${stem}-${day}-${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
}
