/** Finds the line of a setting that stood in no one's way when the config was read, but does not fit what the run found since. */
import { readFile } from 'node:fs/promises';
import { hasCode, TrainerError } from '../protocol/errors.js';
import { parseJsonSource } from '../protocol/jsonSource.js';

/**
 * Does `work`; a `configImpossible` or `configUnknownLabel` in `file` that it throws without a line gets that of the first of its settings
 * that stands there.
 */
export async function withConfigLine<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isOfConfig = hasCode(error, 'configImpossible') || hasCode(error, 'configUnknownLabel');
    if (!isOfConfig || error.data.file !== file || error.data.line !== null) throw error;
    const line = await lineOf(file, 'keys' in error.data ? error.data.keys : [error.data.key]);
    throw new TrainerError(error.code, { ...error.data, line }, { cause: error });
  }
}

/** Null where all of the settings were left out or given as flags. */
async function lineOf(file: string, keys: readonly string[]): Promise<number | null> {
  try {
    const source = parseJsonSource(await readFile(file, 'utf8'), file);
    const paths = keys.map((key) => key.split('.'));
    const found = [...paths, ...paths.map((path) => path.slice(0, 1))].map((path) => source.lineOf(path));
    return found.find((line) => line !== null) ?? null;
  } catch {
    return null; // There is no config file, or none any more: the error is told all the same.
  }
}
