/** Reads and writes the safetensors format: u64 header length, JSON header, raw little-endian data (huggingface/safetensors). */
import { endianness } from 'node:os';
import { TrainerError } from '../protocol/errors.js';
import type { FloatTensor, NamedTensors } from '../protocol/tensor.js';
import { encodeFloat16 } from './halfFloat.js';
import { type InputFile, withInputFile } from './inputFile.js';
import { isJsonObject, type JsonValue } from './json.js';
import { elementCount, elementType, isStoredDType, type StoredDType } from './storedDType.js';

/** The reference implementation's own limit on the header. */
const HEADER_LIMIT_BYTES = 100_000_000;
const CHUNK_BYTES = 4 * 1024 * 1024;

/** Where one tensor lies in a safetensors file. */
export interface SafetensorsEntry {
  readonly name: string;
  readonly dtype: StoredDType;
  readonly dims: readonly number[];
  /** From the start of the file, not of the data: ready for mapping. */
  readonly byteOffset: number;
  readonly byteLength: number;
}

/** Element types that we write. */
export type WrittenDType = 'F32' | 'F16';

/**
 * The tensors of a safetensors file, in file order, every one checked to lie inside it, packed without gaps or overlaps.
 * Throws `safetensorsTruncated`, `safetensorsHeaderInvalid`, `tensorDtypeUnsupported`, `fileNotFound`, `fileUnreadable`.
 */
export function readSafetensorsHeader(file: string): Promise<SafetensorsEntry[]> {
  return withInputFile(file, readHeader);
}

/**
 * Reads the selected tensors (default: all) of a safetensors file as float32, each into memory of its own, in file order.
 * Integers and doubles are converted; integers beyond 2^24 are rounded. Throws what `readSafetensorsHeader` throws.
 */
export function readSafetensors(
  file: string,
  select: (entry: SafetensorsEntry) => boolean = () => true,
): Promise<NamedTensors> {
  return withInputFile(file, async (input) => {
    const tensors: NamedTensors = new Map();
    for (const entry of await readHeader(input)) {
      if (!select(entry)) continue;
      const data = new Float32Array(entry.byteLength / elementType(entry.dtype).bytes);
      await input.readFloats(entry.byteOffset, entry.dtype, data);
      tensors.set(entry.name, { dims: entry.dims, data });
    }
    return tensors;
  });
}

async function readHeader(input: InputFile): Promise<SafetensorsEntry[]> {
  const file = input.path;
  const invalid = (reason: string) => new TrainerError('safetensorsHeaderInvalid', { file, reason });
  const truncated = (expectedBytes: number) =>
    new TrainerError('safetensorsTruncated', { file, expectedBytes, gotBytes: input.sizeBytes });

  if (input.sizeBytes < 8) throw truncated(8);
  const prefix = await input.read(0, 8);
  const headerBytes = prefix.readBigUInt64LE();
  // What stands in place of a file that was not downloaded begins with the words "version https://git-lfs".
  if (prefix.toString('latin1') === 'version ') throw invalid('a Git LFS pointer stands in place of the file');
  if (headerBytes > HEADER_LIMIT_BYTES) throw invalid(`header length ${headerBytes} is above ${HEADER_LIMIT_BYTES}`);
  const dataStart = 8 + Number(headerBytes);
  if (input.sizeBytes < dataStart) throw truncated(dataStart);

  const entries = parseHeader(await input.read(8, Number(headerBytes)), dataStart, file);
  entries.sort((a, b) => a.byteOffset - b.byteOffset || a.byteLength - b.byteLength);
  let end = dataStart;
  for (const entry of entries) {
    if (entry.byteOffset < end) throw invalid(`${entry.name} overlaps the tensor before it`);
    if (entry.byteOffset > end) throw invalid(`${entry.byteOffset - end} unused bytes before ${entry.name}`);
    end += entry.byteLength;
  }
  if (input.sizeBytes < end) throw truncated(end);
  if (input.sizeBytes > end) throw invalid(`${input.sizeBytes - end} bytes after the last tensor`);
  return entries;
}

function parseHeader(bytes: Buffer, dataStart: number, file: string): SafetensorsEntry[] {
  const invalid = (reason: string) => new TrainerError('safetensorsHeaderInvalid', { file, reason });
  let header: JsonValue;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    header = JSON.parse(text) as JsonValue;
  } catch (error) {
    throw invalid(`header is not JSON: ${(error as Error).message}`);
  }
  const duplicate = duplicateKey(text);
  if (duplicate !== null) throw invalid(`the name ${duplicate} is given twice`);
  if (!isJsonObject(header)) throw invalid('header is not an object');
  return Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => parseEntry(name, entry, dataStart, file));
}

function parseEntry(name: string, entry: JsonValue, dataStart: number, file: string): SafetensorsEntry {
  const invalid = (reason: string) =>
    new TrainerError('safetensorsHeaderInvalid', { file, reason: `${name}: ${reason}` });
  if (!isJsonObject(entry)) throw invalid('not an object');
  const { dtype, shape: dims, data_offsets: offsets } = entry;
  if (typeof dtype !== 'string') throw invalid('no dtype');
  if (!isStoredDType(dtype)) throw new TrainerError('tensorDtypeUnsupported', { file, tensor: name, dtype });
  if (!isSizes(dims)) throw invalid('shape is not a list of sizes');
  if (!isSizes(offsets) || offsets.length !== 2) throw invalid('data_offsets is not a pair of sizes');
  const [begin, end] = offsets as [number, number];
  const count = elementCount(dims);
  if (count === null || end - begin !== count * elementType(dtype).bytes) {
    throw invalid(`data_offsets [${begin}, ${end}] do not fit ${dtype} of shape [${dims.join(', ')}]`);
  }
  return { name, dtype, dims, byteOffset: dataStart + begin, byteLength: end - begin };
}

function isSizes(value: JsonValue | undefined): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && (size as number) >= 0);
}

/** The first key that stands twice in one object of a valid JSON text, where JSON.parse would silently take the last. */
function duplicateKey(json: string): string | null {
  const colon = /\s*:/y;
  const open: Set<string>[] = [];
  let stringStart: number | null = null;
  // Marks one at a time, not whole strings: a pattern for strings overflows the matcher's stack on very long ones.
  for (const { 0: mark, index } of json.matchAll(/\\.|["{}]/g)) {
    if (mark === '"' && stringStart === null) stringStart = index;
    else if (mark === '"' && stringStart !== null) {
      colon.lastIndex = index + 1;
      if (colon.test(json)) {
        const key = JSON.parse(json.slice(stringStart, index + 1)) as string;
        if (open.at(-1)!.has(key)) return key;
        open.at(-1)!.add(key);
      }
      stringStart = null;
    } else if (stringStart === null && mark === '{') open.push(new Set());
    else if (stringStart === null && mark === '}') open.pop();
  }
  return null;
}

/** Length of the file that `safetensorsChunks` makes, in bytes. */
export function safetensorsByteLength(tensors: NamedTensors, dtype: WrittenDType): number {
  let bytes = encodeHeader(tensors, dtype).length;
  for (const { data } of tensors.values()) bytes += data.length * elementType(dtype).bytes;
  return bytes;
}

/**
 * The bytes of a safetensors file with these tensors in this order, in chunks, so that no file is ever whole in memory.
 * A chunk is valid only until the next one is taken. F16 rounds to nearest even.
 */
export function* safetensorsChunks(tensors: NamedTensors, dtype: WrittenDType): Generator<Uint8Array> {
  if (endianness() !== 'LE') throw new Error('safetensors data is little-endian and so must the host be');
  yield encodeHeader(tensors, dtype);
  const halves = dtype === 'F16' ? new Uint16Array(CHUNK_BYTES / 2) : null;
  for (const { data } of tensors.values()) {
    const chunkElements = halves?.length ?? CHUNK_BYTES / 4;
    for (let start = 0; start < data.length; start += chunkElements) {
      const floats = data.subarray(start, start + chunkElements);
      if (halves) encodeFloat16(floats, halves);
      const source = halves ?? floats;
      yield new Uint8Array(source.buffer, source.byteOffset, floats.length * elementType(dtype).bytes);
    }
  }
}

/** The length and the JSON header, padded with spaces so that the data begins at a multiple of 8, as Hugging Face does. */
function encodeHeader(tensors: NamedTensors, dtype: WrittenDType): Buffer {
  const header: [string, unknown][] = [['__metadata__', { format: 'pt' }]];
  let begin = 0;
  for (const [name, { dims, data }] of tensors) {
    checkTensor(name, { dims, data });
    const end = begin + data.length * elementType(dtype).bytes;
    header.push([name, { dtype, shape: dims, data_offsets: [begin, end] }]);
    begin = end;
  }
  // Pairs, not an object: an object would move names that look like integers to the front.
  const json = `{${header.map(([name, entry]) => `${JSON.stringify(name)}:${JSON.stringify(entry)}`).join(',')}}`;
  const jsonBytes = Buffer.from(json);
  const bytes = Buffer.alloc(8 + Math.ceil(jsonBytes.length / 8) * 8, ' ');
  bytes.writeBigUInt64LE(BigInt(bytes.length - 8));
  jsonBytes.copy(bytes, 8);
  return bytes;
}

function checkTensor(name: string, { dims, data }: FloatTensor): void {
  if (name === '__metadata__' || elementCount(dims) !== data.length) {
    throw new Error(`tensor ${name} of dims [${dims.join(', ')}] holds ${data.length} elements`);
  }
}
