/** Reads input files as chunks of whole records, in bounded memory, from the beginning or from where a chunk ended. */
import { setImmediate } from 'node:timers/promises';
import type { Unpacker } from '../protocol/jobs.js';
import { ChunkCutter, type Cut, type CutPosition, FILE_START } from './chunkCutter.js';
import { checkLanguage, readDumpHeader } from './dumpHeader.js';
import { firstBytes } from './firstBytes.js';
import type { InputChunk, InputFile, InputOptions, InputPosition } from './inputs.js';
import { parquetChunks } from './parquetChunks.js';
import { ARTICLES, JSON_LINES, PAGES, type Records, TEXT_LINES, TEXT_PARAGRAPHS } from './records.js';
import { unpack, unpackerOf } from './unpack.js';

/** How the records of a file are found, and what their reader has to know besides. */
interface RecordReader {
  records: Records;
  /** A chunk's `context`, by how many unpacked bytes lie before it. */
  context(offsetBytes: number): unknown;
}

/**
 * The chunks of all files, in their order; `from` is the `next` of the last chunk that is not wanted any more. What the chunks hold does not
 * depend on `by`, what unpacks the files; by default it is what `unpackerOf` says.
 *
 * The last chunk of a damaged file can be empty, with faults alone. Throws `fileNotFound`, `fileUnreadable`, `fileEmpty`, `inputDamaged`,
 * `lineTooLong`, `pageTooLong`, `zstdUnavailable`, for dumps `dumpNotMediaWiki`, `dumpOtherLanguage` and `dumpEmpty`, for Parquet what
 * `parquetChunks` throws, and the signal's reason.
 */
export async function* readChunks(
  files: readonly InputFile[],
  options: InputOptions,
  from: InputPosition | null,
  signal: AbortSignal,
  by: (file: InputFile) => Unpacker = unpackerOf,
): AsyncGenerator<InputChunk> {
  let before = 0;
  for (const [index, file] of files.entries()) {
    if (from === null || index >= from.file) {
      const position = from?.file === index ? from : { file: index };
      if (file.format === 'parquet') yield* parquetChunks(file, options.textField, position, before, signal);
      else yield* fileChunks(file, options, position, before, signal, by(file));
    }
    before += file.sizeBytes;
  }
}

async function* fileChunks(
  file: InputFile,
  options: InputOptions,
  position: InputPosition,
  before: number,
  signal: AbortSignal,
  by: Unpacker,
): AsyncGenerator<InputChunk> {
  const reader = await recordReader(file, options, signal);
  const start = cutPosition(position);
  const cutter = new ChunkCutter(file, reader.records, start);
  let readBytes = start.at;
  const chunk = ({ bytes, start, next, faults }: Cut): InputChunk => ({
    file,
    bytes,
    firstLine: start.line,
    context: reader.context(start.offset),
    faults,
    next: { file: position.file, ...next },
    readBytes: before + (file.compression === 'none' ? next.at : readBytes),
  });
  for await (const item of unpack(file, start.at, by, signal)) {
    if (item.kind === 'bytes') readBytes = item.readBytes;
    for (const cut of cutter.push(item)) yield chunk(cut);
    // What is read fast would otherwise leave no time for messages of workers and for being stopped.
    await setImmediate();
    signal.throwIfAborted();
  }
  const last = [...cutter.end()].map(chunk);
  for (const [index, each] of last.entries()) {
    yield index < last.length - 1 ? each : { ...each, next: { file: position.file + 1 } };
  }
}

function cutPosition({ at, skip, offset, line }: InputPosition): CutPosition {
  if (typeof at !== 'number') return FILE_START;
  return { at, skip: Number(skip), offset: Number(offset), line: Number(line) };
}

async function recordReader(file: InputFile, options: InputOptions, signal: AbortSignal): Promise<RecordReader> {
  switch (file.format) {
    case 'mediawiki': {
      const header = await readDumpHeader(file, signal);
      if (!options.anyLanguage) checkLanguage(header, file.file);
      const { namespaces } = header;
      return { records: PAGES, context: (offsetBytes) => ({ namespaces, offsetBytes }) };
    }
    case 'wikiextractor': {
      const { bytes } = await firstBytes(file, 1024, signal);
      const json = /^\s*\{/.test(bytes.toString('latin1'));
      return { records: json ? JSON_LINES : ARTICLES, context: () => ({ json }) };
    }
    case 'jsonl':
      return { records: JSON_LINES, context: () => null };
    default:
      return {
        records: options.textDocuments === 'lines' ? TEXT_LINES : TEXT_PARAGRAPHS,
        context: () => null,
      };
  }
}
