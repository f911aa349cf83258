/** CRC-32C (Castagnoli's polynomial; RFC 3720, appendix B.4), the checksum of TFRecord files. */

/** The polynomial with its bits reversed, as bytes are taken lowest bit first. */
const POLYNOMIAL = 0x82f63b78;

/** What each byte does to the checksum. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  return crc;
});

/** The checksum, as an unsigned 32-bit number. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}
