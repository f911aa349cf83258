/** Finds the files that a corpus is made from, and tells what each is. */
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readError } from '../corpus/readError.js';
import { CORPUS_FILE } from '../protocol/corpusManifest.js';
import { TrainerError, type UnsupportedInput } from '../protocol/errors.js';
import { headBytes } from './fileBytes.js';
import { firstBytes } from './firstBytes.js';
import { compressionOf, formatByContent, formatByName, type Recognised } from './inputFormat.js';
import type { InputFile } from './inputs.js';

/** So much of a file is unpacked to see what it is. */
const LOOK_BYTES = 64 * 1024;
/** So much of it is read to see how it is packed. */
const MAGIC_BYTES = 16;
const NEVER = new AbortController().signal;

/**
 * The files that `paths` name: files as given, folders as all files in them that are recognised, at any depth, in the order of their paths. Hidden
 * files and folders are passed over. A file that is named itself and not recognised is taken for text.
 *
 * Throws `fileNotFound`, `fileUnreadable`, `inputUnsupported` for what holds text but is not read, `inputsMissing` for a folder without
 * inputs, `inputDamaged`, and `zstdUnavailable`.
 */
export async function findInputs(paths: readonly string[]): Promise<InputFile[]> {
  const found: InputFile[] = [];
  for (const path of paths) {
    const stats = await stat(path).catch((error) => {
      throw readError(error, path);
    });
    if (stats.isDirectory()) found.push(...(await inputsIn(path)));
    // A pipe cannot be read again to go on with a build, and opening one waits for its writer.
    else if (!stats.isFile()) throw new TrainerError('fileUnreadable', { file: path, reason: 'no regular file' });
    else found.push(await namedInput(path, stats.size));
  }
  return found;
}

async function namedInput(file: string, sizeBytes: number): Promise<InputFile> {
  const { recognised, compression } = await look(file, sizeBytes);
  if (recognised !== null && 'unsupported' in recognised) {
    throw new TrainerError('inputUnsupported', { file, kind: recognised.unsupported });
  }
  return { file, sizeBytes, compression, format: recognised?.format ?? 'text' };
}

async function inputsIn(folder: string): Promise<InputFile[]> {
  const inputs: InputFile[] = [];
  let unsupported: { file: string; kind: UnsupportedInput } | null = null;
  for (const file of (await filesIn(folder, [])).sort()) {
    const { size } = await stat(file).catch((error) => {
      throw readError(error, file);
    });
    if (size === 0) continue;
    const { recognised, compression } = await look(file, size);
    if (recognised === null) continue;
    if ('format' in recognised) inputs.push({ file, sizeBytes: size, compression, format: recognised.format });
    else if (recognised.unsupported !== 'jsonDocument') unsupported ??= { file, kind: recognised.unsupported };
  }
  if (inputs.length > 0) return inputs;
  throw unsupported === null
    ? new TrainerError('inputsMissing', { folder })
    : new TrainerError('inputUnsupported', unsupported);
}

/** All files in a folder and those in it; links are followed, but not in circles. */
async function filesIn(folder: string, above: readonly string[]): Promise<string[]> {
  try {
    const real = await realpath(folder);
    if (above.includes(real)) return [];
    const entries = await readdir(folder, { withFileTypes: true });
    // A corpus that was built among its texts: its vocabulary is no text.
    if (entries.some(({ name }) => name === CORPUS_FILE)) return [];
    const files: string[] = [];
    for (const entry of entries) {
      if (entry.name.startsWith('.') || entry.name === '__MACOSX') continue;
      const path = join(folder, entry.name);
      const isFolder = entry.isSymbolicLink() ? (await stat(path)).isDirectory() : entry.isDirectory();
      if (isFolder) files.push(...(await filesIn(path, [...above, real])));
      else files.push(path);
    }
    return files;
  } catch (error) {
    throw readError(error, folder);
  }
}

/** What a file is. Names are believed, apart from those that tell little: `.txt` and `.json` can be anything. */
async function look(
  file: string,
  sizeBytes: number,
): Promise<{ recognised: Recognised } & Pick<InputFile, 'compression'>> {
  const byName = formatByName(file);
  if (byName !== null && 'unsupported' in byName) return { recognised: byName, compression: 'none' };
  const compression = compressionOf(file, await headBytes(file, MAGIC_BYTES));
  const tells = byName !== null && !/\.(txt|json)(\.(bz2|gz|zst))?$/i.test(file);
  if (tells) return { recognised: byName, compression };
  const { bytes, damaged } = await firstBytes({ file, compression, sizeBytes }, LOOK_BYTES, NEVER);
  if (damaged && bytes.length === 0) throw new TrainerError('inputDamaged', { file, offsetBytes: 0 });
  const byContent = formatByContent(bytes.subarray(0, LOOK_BYTES), bytes.length < LOOK_BYTES);
  if (byContent !== null || byName === null) return { recognised: byContent, compression };
  return { recognised: byName.format === 'jsonl' ? { unsupported: 'jsonDocument' } : byName, compression };
}
