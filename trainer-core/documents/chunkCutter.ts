/** Cuts unpacked bytes into chunks of whole records, by what they hold alone, and leaves out records that lost a part. */
import type { InputFault } from '../protocol/corpusManifest.js';
import { TrainerError } from '../protocol/errors.js';
import { CHUNK_BYTES, type InputFile } from './inputs.js';
import { PendingBytes } from './pendingBytes.js';
import { HISTORY_BYTES, isBlank, MARK_BYTES, PAGES, type Records } from './records.js';
import type { Unpacked } from './unpacked.js';

/** A place in a file between two records. Plain JSON. */
export interface CutPosition {
  /** Where in the file unpacking begins, and how many unpacked bytes from there lie before the place. */
  at: number;
  skip: number;
  /** How many unpacked bytes of the file lie before it. */
  offset: number;
  /** The number of its line. */
  line: number;
}

export const FILE_START: CutPosition = { at: 0, skip: 0, offset: 0, line: 1 };

/** Whole records, where they begin, and where to go on after them. */
export interface Cut {
  bytes: Buffer;
  start: CutPosition;
  next: CutPosition;
  /** Damage met since the cut before. */
  faults: InputFault[];
}

export class ChunkCutter {
  readonly #pending = new PendingBytes();
  /** Where the pending bytes begin. */
  #start: CutPosition;
  /** So many of them were searched for a record's end. */
  #searched = 0;
  /** So many were forgotten out of their middle. */
  #forgotten = 0;
  /** Unpacked bytes that came, and of them still to be passed over. */
  #offset: number;
  #toSkip: number;
  /** Where unpacking can begin anew: the last place before the pending bytes, and all after it. */
  #restarts: { at: number; offset: number }[];
  #faults: InputFault[] = [];
  /** The damage after which no record has begun yet, and whether the record that it cut was told. */
  #damage: { offsetBytes: number; told: boolean } | null = null;
  #anyRecord: boolean;

  constructor(
    private readonly file: InputFile,
    private readonly records: Records,
    from: CutPosition,
    private readonly chunkBytes = CHUNK_BYTES,
  ) {
    this.#start = from;
    this.#offset = from.offset - from.skip;
    this.#toSkip = from.skip;
    this.#restarts = [{ at: from.at, offset: this.#offset }];
    this.#anyRecord = from.offset > 0;
  }

  /** Takes what was unpacked next and gives what it completes. Throws `lineTooLong` or `pageTooLong`. */
  *push(item: Unpacked): Generator<Cut> {
    if (item.kind === 'restart') {
      this.#restarts.push({ at: item.offsetBytes, offset: this.#offset });
    } else if (item.kind === 'bytes') {
      const skipped = Math.min(this.#toSkip, item.bytes.length);
      this.#toSkip -= skipped;
      this.#offset += item.bytes.length;
      this.#pending.add(item.bytes.subarray(skipped));
      if (this.#damage === null || this.#findStart()) yield* this.#cutChunks();
      // Damage before the place to go on from was told before.
    } else if (this.#toSkip === 0) {
      yield* this.#meetDamage(item.fault, item.offsetBytes);
    }
  }

  /** Gives what is left at the end of the file. Throws `fileEmpty`, `dumpEmpty` or `inputDamaged` when it held nothing whole. */
  *end(): Generator<Cut> {
    const { bytes } = this.#pending;
    if (this.#damage !== null) {
      this.#tellCut(bytes);
    } else if (this.records.endWithFile) {
      if (!isBlank(bytes)) yield this.#cutRecords(bytes.length);
    } else {
      const last = this.records.lastEnd(bytes);
      const rest = Buffer.from(bytes.subarray(last));
      if (last > 0) yield this.#cutRecords(last);
      const { fileEnd } = this.records;
      const isWhole = fileEnd === null ? !this.records.isPart(rest) : rest.includes(fileEnd);
      if (!isWhole) {
        this.#tell('truncated', this.file.sizeBytes);
        this.#tellCut(rest);
      }
    }
    if (!this.#anyRecord) throw this.#nothing();
    this.#drop(this.#pending.length);
    if (this.#faults.length > 0) yield this.#cut(0);
  }

  *#cutChunks(): Generator<Cut> {
    for (;;) {
      const end = this.records.end(this.#pending.bytes, this.chunkBytes - this.#forgotten, this.#searched);
      if (end < 0) break;
      yield this.#cutRecords(end);
    }
    this.#searched = this.#pending.length;
    if (this.#pending.length > HISTORY_BYTES) this.#shorten(this.#pending.length);
    // Before a record that is too long there may be as much as makes a chunk, and text is searched for a blank line twice as far.
    if (this.#pending.length <= this.records.limitBytes + 2 * CHUNK_BYTES) return;
    throw this.#tooLong(this.records.lastEnd(this.#pending.bytes));
  }

  /** Forgets what can be of the last record in the first `length` bytes. */
  #shorten(length: number): void {
    for (let left = length; ; ) {
      const range = this.records.spare(this.#pending.bytes.subarray(0, left), this.#forgotten);
      if (range === null) break;
      this.#pending.cut(...range);
      this.#forgotten += range[1] - range[0];
      left -= range[1] - range[0];
    }
    this.#searched = Math.min(this.#searched, this.#pending.length);
  }

  /** The record that begins at `before` of the pending bytes. */
  #tooLong(before: number): TrainerError {
    const { file } = this.file;
    const { limitBytes, endWithFile } = this.records;
    if (!endWithFile)
      return new TrainerError('pageTooLong', { file, offsetBytes: this.#start.offset + before, limitBytes });
    const line = this.#start.line + countLines(this.#pending.bytes.subarray(0, before));
    return new TrainerError('lineTooLong', { file, line, limitBytes });
  }

  *#meetDamage(fault: 'truncated' | 'damagedBlock', offsetBytes: number): Generator<Cut> {
    if (this.#damage === null) {
      const last = this.records.lastEnd(this.#pending.bytes);
      if (last > 0) yield this.#cutRecords(last);
    } else {
      this.#tellCut(this.#pending.bytes);
    }
    const isFirst = this.#damage === null;
    this.#tell(fault, offsetBytes);
    if (isFirst) this.#tellCut(this.#pending.bytes);
    this.#drop(this.#pending.length);
  }

  /** After damage: drops what is pending up to the next record. */
  #findStart(): boolean {
    const { bytes } = this.#pending;
    const at = this.records.start(bytes);
    if (at < 0) {
      if (bytes.length > CHUNK_BYTES) {
        this.#tellCut(bytes);
        this.#drop(bytes.length - MARK_BYTES);
      }
      return false;
    }
    this.#tellCut(bytes.subarray(0, at));
    this.#drop(at);
    this.#damage = null;
    return true;
  }

  #tell(kind: InputFault['kind'], offsetBytes: number): void {
    this.#faults.push({ file: this.file.file, kind, offsetBytes });
    if (kind !== 'cutPage') this.#damage = { offsetBytes, told: false };
  }

  /** Tells that damage cut a record, once for each damage, if these bytes are a part of one. */
  #tellCut(rest: Buffer): void {
    if (this.#damage === null || this.#damage.told || !this.records.isPart(rest)) return;
    this.#damage.told = true;
    this.#tell('cutPage', this.#damage.offsetBytes);
  }

  #cutRecords(end: number): Cut {
    this.#anyRecord = true;
    const before = this.#pending.length;
    // Without its last byte the last record has not ended.
    this.#shorten(end - 1);
    const length = end - (before - this.#pending.length);
    const last = this.records.lastEnd(this.#pending.bytes.subarray(0, length - 1));
    if (length - last > this.records.limitBytes) throw this.#tooLong(last);
    const cut = this.#cut(length);
    for (const place of this.records.unended(cut.bytes)) {
      // Where the bytes of a packed file lie in it is not known but for the places where unpacking begins.
      const offsetBytes = this.file.compression === 'none' ? cut.start.at + place : cut.start.at;
      cut.faults.push({ file: this.file.file, kind: 'cutPage', offsetBytes });
    }
    return cut;
  }

  #cut(count: number): Cut {
    const start = this.#start;
    const bytes = this.#drop(count);
    const faults = this.#faults;
    this.#faults = [];
    return { bytes, start, next: this.#start, faults };
  }

  /** Takes the first `count` pending bytes away; what is pending begins after them. */
  #drop(count: number): Buffer {
    const bytes = this.#pending.take(count);
    const offset = this.#start.offset + count + this.#forgotten;
    this.#forgotten = 0;
    this.#searched = 0;
    const line = this.#start.line + (this.records.countLines ? countLines(bytes) : 0);
    while (this.#restarts.length > 1 && this.#restarts[1]!.offset <= offset) this.#restarts.shift();
    const restart = this.#restarts[0]!;
    const isPlain = this.file.compression === 'none';
    this.#start = isPlain
      ? { at: offset, skip: 0, offset, line }
      : { at: restart.at, skip: offset - restart.offset, offset, line };
    return bytes;
  }

  #nothing(): TrainerError {
    const { file } = this.file;
    const damage = this.#faults[0];
    if (damage) return new TrainerError('inputDamaged', { file, offsetBytes: damage.offsetBytes });
    return new TrainerError(this.records === PAGES ? 'dumpEmpty' : 'fileEmpty', { file });
  }
}

function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) lines++;
  return lines;
}
