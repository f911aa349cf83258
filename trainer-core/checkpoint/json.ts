/** Reads the JSON files of model and run folders. */
import { TrainerError } from '../protocol/errors.js';
import { parseJsonSource } from '../protocol/jsonSource.js';
import { withInputFile } from './inputFile.js';

/** What JSON can hold. */
export type JsonValue = null | boolean | number | string | JsonValue[] | JsonObject;
export type JsonObject = { [key: string]: JsonValue };

/**
 * Reads a small UTF-8 file that holds a JSON object.
 * Throws `configInvalidJson` with the line, `configWrongType` for JSON that is no object, `fileNotFound`, `fileUnreadable`.
 */
export async function readJsonObject(file: string): Promise<JsonObject> {
  const value = parseJsonSource(await readText(file), file).value as JsonValue;
  if (isJsonObject(value)) return value;
  const got = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value;
  throw new TrainerError('configWrongType', { file, line: 1, key: '', expected: ['object'], got });
}

/** The whole of a UTF-8 file. Throws `fileNotFound`, `fileUnreadable`. */
export async function readText(file: string): Promise<string> {
  const bytes = await withInputFile(file, (input) => input.read(0, input.sizeBytes));
  return bytes.toString('utf8');
}

/** True for `{…}`, false for arrays, null and scalars. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
