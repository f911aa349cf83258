/** Checks a file that is about to be written. */
import { stat } from 'node:fs/promises';
import { TrainerError } from '../protocol/errors.js';

/**
 * Throws `outputIsInput` when `output` is one of the files that are read, by whatever name, and `folderNotWritable` when it is a folder.
 * An input that is not there is left for its reader to complain of.
 */
export async function checkOutput(output: string, inputs: readonly string[]): Promise<void> {
  const found = (file: string) => stat(file, { bigint: true }).catch(() => null);
  const target = await found(output);
  if (!target) return;
  if (target.isDirectory()) throw new TrainerError('folderNotWritable', { folder: output, reason: 'EISDIR' });
  for (const file of inputs) {
    const source = await found(file);
    if (source?.dev === target.dev && source.ino === target.ino) throw new TrainerError('outputIsInput', { file });
  }
}
