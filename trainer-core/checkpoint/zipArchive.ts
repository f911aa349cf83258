/** Finds the entries of a zip file whose contents are stored uncompressed, zip64 included (PKWARE APPNOTE 6.3). */
import type { InputFile } from './inputFile.js';

const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const ZIP64_LOCATOR_SIGNATURE = 0x07064b50;
const ZIP64_LOCATOR_BYTES = 20;
const ZIP64_END_SIGNATURE = 0x06064b50;
const ZIP64_END_BYTES = 56;
const CENTRAL_SIGNATURE = 0x02014b50;
const CENTRAL_BYTES = 46;
const LOCAL_SIGNATURE = 0x04034b50;
const LOCAL_BYTES = 30;
const ZIP64_EXTRA = 1;
/** The central directory is read whole; a model has some thousands of entries of about 100 bytes. */
const DIRECTORY_LIMIT_BYTES = 64 * 1024 * 1024;

/** A stored entry. `headerOffset` is where its local header begins; `zipDataOffset` finds the data behind that. */
export interface ZipEntry {
  readonly name: string;
  readonly headerOffset: number;
  readonly byteLength: number;
  readonly isStored: boolean;
}

/** What is wrong with a zip file; the caller turns it into the error of its own format. */
export class ZipFault extends Error {}

/** The entries of a zip file by name. Throws ZipFault. */
export async function readZipDirectory(input: InputFile): Promise<Map<string, ZipEntry>> {
  const { offset, length } = await findDirectory(input);
  if (length > DIRECTORY_LIMIT_BYTES || offset + length > input.sizeBytes) {
    throw new ZipFault('central directory lies outside the file');
  }
  const directory = await input.read(offset, length);
  const entries = new Map<string, ZipEntry>();
  for (let at = 0; at < directory.length; ) {
    if (at + CENTRAL_BYTES > directory.length || directory.readUInt32LE(at) !== CENTRAL_SIGNATURE) {
      throw new ZipFault(`no central directory entry at byte ${offset + at}`);
    }
    const nameEnd = at + CENTRAL_BYTES + directory.readUInt16LE(at + 28);
    const extraEnd = nameEnd + directory.readUInt16LE(at + 30);
    const end = extraEnd + directory.readUInt16LE(at + 32);
    if (end > directory.length) throw new ZipFault('central directory is cut off');
    const name = directory.toString('utf8', at + CENTRAL_BYTES, nameEnd);
    const wide = zip64Fields(directory.subarray(nameEnd, extraEnd));
    // The zip64 extra holds only those fields whose 32-bit place is full of ones, in this order.
    const byteLength = wideOr(directory.readUInt32LE(at + 24), wide);
    wideOr(directory.readUInt32LE(at + 20), wide);
    const headerOffset = wideOr(directory.readUInt32LE(at + 42), wide);
    entries.set(name, { name, headerOffset, byteLength, isStored: directory.readUInt16LE(at + 10) === 0 });
    at = end;
  }
  return entries;
}

/** Where the data of a stored entry begins, checked to lie inside the file. Throws ZipFault. */
export async function zipDataOffset(input: InputFile, entry: ZipEntry): Promise<number> {
  if (!entry.isStored) throw new ZipFault(`${entry.name} is compressed`);
  const outside = () => new ZipFault(`${entry.name} lies outside the file`);
  if (entry.headerOffset + LOCAL_BYTES > input.sizeBytes) throw outside();
  const header = await input.read(entry.headerOffset, LOCAL_BYTES);
  if (header.readUInt32LE(0) !== LOCAL_SIGNATURE) throw new ZipFault(`${entry.name} has no local header`);
  const dataOffset = entry.headerOffset + LOCAL_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
  if (dataOffset + entry.byteLength > input.sizeBytes) throw outside();
  return dataOffset;
}

async function findDirectory(input: InputFile): Promise<{ offset: number; length: number }> {
  // The end record is followed by a comment of up to 65,535 bytes; the locator stands before it.
  const tailBytes = Math.min(input.sizeBytes, END_BYTES + 0xffff + ZIP64_LOCATOR_BYTES);
  const tail = await input.read(input.sizeBytes - tailBytes, tailBytes);
  let end = tail.length - END_BYTES;
  while (end >= 0 && tail.readUInt32LE(end) !== END_SIGNATURE) end--;
  if (end < 0) throw new ZipFault('no end of central directory: the file is cut off');

  const locator = end - ZIP64_LOCATOR_BYTES;
  if (locator < 0 || tail.readUInt32LE(locator) !== ZIP64_LOCATOR_SIGNATURE) {
    return { offset: tail.readUInt32LE(end + 16), length: tail.readUInt32LE(end + 12) };
  }
  const position = exact(tail.readBigUInt64LE(locator + 8));
  if (position + ZIP64_END_BYTES > input.sizeBytes) throw new ZipFault('zip64 end record lies outside the file');
  const record = await input.read(position, ZIP64_END_BYTES);
  if (record.readUInt32LE(0) !== ZIP64_END_SIGNATURE) throw new ZipFault('no zip64 end record');
  return { offset: exact(record.readBigUInt64LE(48)), length: exact(record.readBigUInt64LE(40)) };
}

/** The 64-bit numbers of the zip64 extra field, if there is one. */
function zip64Fields(extra: Buffer): bigint[] {
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = extra.readUInt16LE(at + 2);
    const fieldEnd = Math.min(at + 4 + length, extra.length);
    if (extra.readUInt16LE(at) === ZIP64_EXTRA) {
      const fields: bigint[] = [];
      for (let field = at + 4; field + 8 <= fieldEnd; field += 8) fields.push(extra.readBigUInt64LE(field));
      return fields;
    }
    at += 4 + length;
  }
  return [];
}

function wideOr(narrow: number, wide: bigint[]): number {
  const field = narrow === 0xffffffff ? wide.shift() : undefined;
  return field === undefined ? narrow : exact(field);
}

function exact(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new ZipFault(`offset ${value} is beyond every file`);
  return Number(value);
}
