/** Which program this is and which engine it runs on: what was measured with others is measured again. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** Ours. It stands in package.json, one folder above `dist/` and further up from this file's own output. */
export function productVersion(): string {
  for (const up of ['../package.json', '../../package.json', '../../../package.json']) {
    const found = versionIn(new URL(up, import.meta.url), 'distilbert-studio');
    if (found !== null) return found;
  }
  return 'unknown';
}

/** onnxruntime-node's. */
export function engineVersion(): string {
  try {
    return versionIn(createRequire(import.meta.url).resolve('onnxruntime-node/package.json')) ?? 'unknown';
  } catch {
    return 'unknown';
  }
}

function versionIn(file: string | URL, name?: string): string | null {
  try {
    const found: { name?: string; version?: string } = JSON.parse(readFileSync(file, 'utf8'));
    return name === undefined || found.name === name ? (found.version ?? null) : null;
  } catch {
    return null;
  }
}
