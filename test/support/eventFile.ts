/**
 * A strict reader of TensorBoard's event files, written from the formats' descriptions (TFRecord; protobuf's wire format; event.proto,
 * summary.proto, the hparams plugin's plugin_data.proto) and sharing no code with the writer. It takes nothing that it does not know.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ReadEvent {
  wallTime: number;
  step: number;
  fileVersion?: string;
  sessionStatus?: number;
  values: ReadValue[];
}

export interface ReadValue {
  tag: string;
  scalar?: number;
  plugin?: string;
  content?: Buffer;
  text?: string;
}

/** Bit by bit, without a table. */
export function slowCrc32c(bytes: Uint8Array): number {
  let crc = 0xffffffffn;
  for (const byte of bytes) {
    for (let bit = 0; bit < 8; bit++) {
      const low = (crc ^ (BigInt(byte) >> BigInt(bit))) & 1n;
      crc = (crc >> 1n) ^ (low ? 0x82f63b78n : 0n);
    }
  }
  return Number(crc ^ 0xffffffffn);
}

/** The data of the whole records; a last one that was cut short is left out, anything else that is wrong is thrown. */
export function readRecords(bytes: Buffer): Buffer[] {
  const records: Buffer[] = [];
  for (let at = 0; at + 12 <= bytes.length; ) {
    checkMasked(bytes.subarray(at, at + 8), bytes.readUInt32LE(at + 8));
    const end = at + 12 + Number(bytes.readBigUInt64LE(at));
    if (end + 4 > bytes.length) break;
    const data = bytes.subarray(at + 12, end);
    checkMasked(data, bytes.readUInt32LE(end));
    records.push(data);
    at = end + 4;
  }
  return records;
}

function checkMasked(bytes: Uint8Array, got: number): void {
  const crc = BigInt(slowCrc32c(bytes));
  const expected = Number((((crc >> 15n) | (crc << 17n)) + 0xa282ead8n) & 0xffffffffn);
  if (got !== expected) throw new Error(`checksum ${got.toString(16)} instead of ${expected.toString(16)}`);
}

/** The events of a file. */
export function readEvents(bytes: Buffer): ReadEvent[] {
  return readRecords(bytes).map(parseEvent);
}

/** The names of a run's event files, in the order that TensorBoard reads them. */
export function eventFiles(run: string): string[] {
  return readdirSync(run)
    .filter((name) => name.includes('tfevents'))
    .sort();
}

/**
 * What TensorBoard has of a run after reading all its files: a START after the first takes back that step and all after it
 * (`_CheckForRestartAndMaybePurge` of its event accumulator).
 */
export function readRun(run: string): ReadEvent[] {
  let kept: ReadEvent[] = [];
  let started = false;
  for (const name of eventFiles(run)) {
    for (const event of readEvents(readFileSync(join(run, name)))) {
      if (event.sessionStatus === 1 && started) kept = kept.filter(({ step }) => step < event.step);
      if (event.sessionStatus === 1) started = true;
      kept.push(event);
    }
  }
  return kept;
}

type Field = { id: number; wire: number; number: number; bytes: Buffer };

function parseEvent(data: Buffer): ReadEvent {
  const event: ReadEvent = { wallTime: Number.NaN, step: 0, values: [] };
  for (const { id, wire, number, bytes } of fields(data)) {
    if (id === 1 && wire === 1) event.wallTime = number;
    else if (id === 2 && wire === 0) event.step = number;
    else if (id === 3 && wire === 2) event.fileVersion = bytes.toString('utf8');
    else if (id === 5 && wire === 2)
      event.values.push(...only(fields(bytes), 1).map((value) => parseValue(value.bytes)));
    else if (id === 7 && wire === 2) event.sessionStatus = only(fields(bytes), 1)[0]?.number ?? 0;
    else throw new Error(`event has field ${id} of wire type ${wire}`);
  }
  return event;
}

function parseValue(data: Buffer): ReadValue {
  const value: ReadValue = { tag: '' };
  for (const { id, wire, number, bytes } of fields(data)) {
    if (id === 1 && wire === 2) value.tag = bytes.toString('utf8');
    else if (id === 2 && wire === 5) value.scalar = number;
    else if (id === 8 && wire === 2) value.text = parseString(bytes);
    else if (id === 9 && wire === 2) {
      for (const part of fields(only(fields(bytes), 1)[0]!.bytes)) {
        if (part.id === 1) value.plugin = part.bytes.toString('utf8');
        else if (part.id === 2) value.content = part.bytes;
        else throw new Error(`plugin data has field ${part.id}`);
      }
    } else throw new Error(`value has field ${id} of wire type ${wire}`);
  }
  return value;
}

/** A tensor of one string: DT_STRING, one dimension of 1. */
function parseString(data: Buffer): string {
  const [type, shape, text, ...more] = fields(data);
  if (type?.id !== 1 || type.number !== 7 || shape?.id !== 2 || text?.id !== 8 || more.length > 0)
    throw new Error('no tensor of one string');
  const [size] = only(fields(only(fields(shape.bytes), 2)[0]!.bytes), 1);
  if (size?.number !== 1) throw new Error('its shape is not [1]');
  return text.bytes.toString('utf8');
}

/** The settings in the content of `_hparams_/session_start_info`. */
export function parseHParams(content: Buffer): Record<string, number | string | boolean> {
  const found: Record<string, number | string | boolean> = {};
  for (const { id, bytes, number } of fields(only(fields(content), 3)[0]!.bytes)) {
    if (id === 5) {
      if (!(number > 1e9)) throw new Error('no time of start');
      continue;
    }
    if (id !== 1) throw new Error(`session start has field ${id}`);
    const [key, value] = fields(bytes);
    const [of] = fields(value!.bytes);
    if (key?.id !== 1 || value?.id !== 2 || !of) throw new Error('no entry of a map');
    if (of.id === 2 && of.wire === 1) found[key.bytes.toString('utf8')] = of.number;
    else if (of.id === 3 && of.wire === 2) found[key.bytes.toString('utf8')] = of.bytes.toString('utf8');
    else if (of.id === 4 && of.wire === 0) found[key.bytes.toString('utf8')] = of.number === 1;
    else throw new Error(`setting has field ${of.id} of wire type ${of.wire}`);
  }
  return found;
}

/** Asserts that all fields have this number. */
function only(all: Field[], id: number): Field[] {
  if (all.some((each) => each.id !== id)) throw new Error(`fields ${all.map((each) => each.id)} instead of ${id}`);
  return all;
}

/** Protobuf's wire format: a varint of number and type, then the value. */
function fields(data: Buffer): Field[] {
  const found: Field[] = [];
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = data[at++];
      if (byte === undefined || shift > 63n) throw new Error('a varint without end');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number(value);
    }
  };
  const take = (size: number) => {
    const bytes = data.subarray(at, at + size);
    if (bytes.length < size) throw new Error('a field beyond the end');
    at += size;
    return bytes;
  };
  while (at < data.length) {
    const key = varint();
    const [id, wire] = [key >>> 3, key & 7];
    const none = Buffer.alloc(0);
    if (wire === 0) found.push({ id, wire, number: varint(), bytes: none });
    else if (wire === 1) found.push({ id, wire, number: take(8).readDoubleLE(), bytes: none });
    else if (wire === 2) found.push({ id, wire, number: Number.NaN, bytes: take(varint()) });
    else if (wire === 5) found.push({ id, wire, number: take(4).readFloatLE(), bytes: none });
    else throw new Error(`wire type ${wire}`);
  }
  return found;
}
