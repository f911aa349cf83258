/** Turns what the operating system or zlib says about a file into the trainer's errors. */
import { TrainerError } from '../protocol/errors.js';

/**
 * What to throw for an error met while reading `file`: `fileNotFound`, or `fileUnreadable` whose reason is the system's
 * code (`EACCES`, `Z_DATA_ERROR`, …). Errors that did not come from the system are given back unchanged.
 */
export function readError(error: unknown, file: string): unknown {
  if (!(error instanceof Error && 'errno' in error && 'code' in error)) return error;
  const reason = String(error.code);
  if (reason === 'ENOENT' || reason === 'ENOTDIR') return new TrainerError('fileNotFound', { file }, { cause: error });
  return new TrainerError('fileUnreadable', { file, reason }, { cause: error });
}
