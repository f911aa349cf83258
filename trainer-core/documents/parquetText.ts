/** Text in Parquet files, for the library that reads them: bytes that are not UTF-8 are told apart instead of being replaced. */

/** Stands for text that is not UTF-8. */
export const INVALID_TEXT = Symbol('invalid UTF-8');
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A text, or `INVALID_TEXT`; undefined of undefined, which is null in Parquet. */
export function stringFromBytes(bytes: Uint8Array | undefined): string | symbol | undefined {
  if (bytes === undefined) return undefined;
  try {
    return decoder.decode(bytes);
  } catch {
    return INVALID_TEXT;
  }
}
