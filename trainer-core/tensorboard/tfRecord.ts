/** Records as TFRecord files have them (TensorFlow's `core/lib/io/record_writer.h`): length, its checksum, data, its checksum. */
import { crc32c } from './crc32c.js';

const HEADER_BYTES = 12;
const FOOTER_BYTES = 4;

/** Frames `data`: uint64 length, its masked CRC-32C, the data, its masked CRC-32C; all little-endian. */
export function tfRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(HEADER_BYTES + data.length + FOOTER_BYTES);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc(record.subarray(0, 8)), true);
  record.set(data, HEADER_BYTES);
  view.setUint32(HEADER_BYTES + data.length, maskedCrc(data), true);
  return record;
}

/** Rotated and shifted, because a checksum of bytes that hold their own checksum would be of little use. */
function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
