/** The bytes and lines of a text file, plain or packed. */
import { stat } from 'node:fs/promises';
import { LINE_LIMIT_BYTES, LineDecoder, type TextLine } from '../corpus/textLines.js';
import { headBytes } from '../documents/fileBytes.js';
import { compressionOf } from '../documents/inputFormat.js';
import { unpack, unpackerOf } from '../documents/unpack.js';
import { TrainerError } from '../protocol/errors.js';

const HEAD_BYTES = 512;

/** The first bytes of a file as they lie on the disk. Throws `fileNotFound` and `fileUnreadable`. */
export async function headOf(file: string): Promise<Buffer> {
  return await headBytes(file, HEAD_BYTES);
}

/**
 * The lines of a UTF-8 file, unpacked where it is packed with gzip, bzip2 or Zstandard.
 * Throws what `LineDecoder` and `unpack` throw, `inputDamaged` for a packed file that is cut off, `textHasNul`, and the signal's reason.
 */
export async function* sourceLines(file: string, signal: AbortSignal): AsyncGenerator<TextLine> {
  const compression = compressionOf(file, await headOf(file));
  const packed = { file, compression, sizeBytes: (await stat(file)).size };
  const decoder = new LineDecoder(file, LINE_LIMIT_BYTES);
  for await (const item of unpack(packed, 0, unpackerOf(packed), signal)) {
    if (item.kind === 'fault') throw new TrainerError('inputDamaged', { file, offsetBytes: item.offsetBytes });
    if (item.kind === 'bytes') yield* withoutNul(decoder.push(Buffer.from(item.bytes)), file);
  }
  yield* withoutNul(decoder.end(), file);
}

function* withoutNul(lines: Iterable<TextLine>, file: string): Generator<TextLine> {
  for (const line of lines) {
    const at = line.text.indexOf('\0');
    if (at >= 0) throw new TrainerError('textHasNul', { file, line: line.line, column: at + 1 });
    yield line;
  }
}
