/**
 * The predictions of one sequence as bytes: the pieces of all rows, of two bytes each or four; then their log-probabilities and that of
 * the rest, k + 1 a row, as float16; then a CRC-32C of the sequence's number and all of this. Little-endian, as every host of ours is.
 */
import { decodeFloat16, encodeFloat16 } from '../checkpoint/halfFloat.js';
import { crc32c } from '../tensorboard/crc32c.js';
import { NOTHING, type TopRows } from './topPredictions.js';

const HALF_BYTES = 2;
const CHECKSUM_BYTES = 4;

/** How the records of a cache are laid out. */
export interface TopLayout {
  k: number;
  /** Of a piece's id. */
  idBytes: 2 | 4;
}

/** Bytes of a row. */
export function rowBytes({ k, idBytes }: TopLayout): number {
  return k * idBytes + (k + 1) * HALF_BYTES;
}

/** Bytes of the record of a sequence with so many rows; of several, of all their records. */
export function recordBytes(layout: TopLayout, rows: number, sequences = 1): number {
  return rows * rowBytes(layout) + sequences * CHECKSUM_BYTES;
}

export function encodeRecord({ idBytes }: TopLayout, sequence: number, rows: TopRows): Uint8Array {
  const idsEnd = rows.pieces.length * idBytes;
  const record = new Uint8Array(idsEnd + rows.logProbabilities.length * HALF_BYTES + CHECKSUM_BYTES);
  const Ids = idBytes === 2 ? Uint16Array : Uint32Array;
  new Ids(record.buffer, 0, rows.pieces.length).set(rows.pieces);
  // Beyond float16 lies minus infinity, whose product with a probability of 0 is no number.
  const logs = rows.logProbabilities.map((x) => Math.max(x, NOTHING));
  encodeFloat16(logs, new Uint16Array(record.buffer, idsEnd, logs.length));
  const end = record.length - CHECKSUM_BYTES;
  new DataView(record.buffer).setUint32(end, checksum(sequence, record.subarray(0, end)), true);
  return record;
}

/** What a record says, with each row's probabilities made to sum to 1 again; null where its checksum does not match. @param record memory of its own. */
export function decodeRecord(
  { k, idBytes }: TopLayout,
  sequence: number,
  record: Uint8Array<ArrayBuffer>,
): TopRows | null {
  const end = record.length - CHECKSUM_BYTES;
  const view = new DataView(record.buffer, record.byteOffset, record.length);
  if (view.getUint32(end, true) !== checksum(sequence, record.subarray(0, end))) return null;
  const rows = end / rowBytes({ k, idBytes });
  const Ids = idBytes === 2 ? Uint16Array : Uint32Array;
  const pieces = Int32Array.from(new Ids(record.buffer, record.byteOffset, rows * k));
  const halves = new Uint16Array(record.buffer, record.byteOffset + rows * k * idBytes, rows * (k + 1));
  const logProbabilities = new Float32Array(halves.length);
  decodeFloat16(halves, logProbabilities);
  for (let row = 0; row < rows; row++) normalise(logProbabilities.subarray(row * (k + 1), (row + 1) * (k + 1)));
  return { pieces, logProbabilities };
}

function normalise(logs: Float32Array): void {
  let sum = 0;
  for (const x of logs) sum += Math.exp(x);
  const shift = Math.log(sum);
  for (let i = 0; i < logs.length; i++) logs[i] = logs[i]! - shift;
}

function checksum(sequence: number, bytes: Uint8Array): number {
  const checked = new Uint8Array(4 + bytes.length);
  new DataView(checked.buffer).setUint32(0, sequence, true);
  checked.set(bytes, 4);
  return crc32c(checked);
}
