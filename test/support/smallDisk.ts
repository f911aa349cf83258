/** A file system of its own, small enough to be filled. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** Mounts a tmpfs below `folder`. Without the right to mount one the test fails under CI=true and is skipped elsewhere: null. */
export function mountSmallDisk(t: TestContext, folder: string, sizeKb: number): string | null {
  const path = mkdtempSync(join(folder, 'mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeKb}k`, 'tmpfs', path], { stdio: 'pipe' });
  } catch (error) {
    if (process.env.CI === 'true') assert.fail(`a real full disk could not be tried, mount failed: ${String(error)}`);
    t.skip('may not mount');
    return null;
  }
  t.after(() => execFileSync('umount', ['--lazy', path]));
  return path;
}

/** Mounts it anew with other options, such as `size=9m` or `ro`. */
export function remount(path: string, options: string): void {
  execFileSync('mount', ['-o', `remount,${options}`, path], { stdio: 'pipe' });
}
