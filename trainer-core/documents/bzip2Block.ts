/**
 * Unpacks one block of a bzip2 file: Huffman codes, move-to-front, the inverse Burrows-Wheeler transform, run lengths, as the reference
 * implementation (bzip2 1.0) writes them. Blocks are independent of each other, begin at any bit, and carry a checksum of their own.
 */

/** The largest block, in bytes before the first run lengths are undone. */
const BLOCK_BYTES = 900_000;
const GROUP_SYMBOLS = 50;
const MAX_CODE_BITS = 20;
/** Codes up to this length are looked up at once. */
const TABLE_BITS = 11;
const MAX_TABLES = 6;
const MAX_SYMBOLS = 258;

/**
 * A block, unpacked. `endBit` is where the next thing begins. Otherwise why not: `short` when the bytes end before the block does,
 * `corrupt` when they cannot be a block, `checksum` when they could but its checksum is wrong.
 */
export type Bzip2Block = { state: 'ok'; bytes: Uint8Array; endBit: number; crc: number } | { state: Bzip2Fault };
export type Bzip2Fault = 'short' | 'corrupt' | 'checksum';

/** CRC-32 with the most significant bit first, as bzip2 has it. */
const CRC_TABLE = Int32Array.from({ length: 256 }, (_, index) => {
  let crc = index << 24;
  for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  return crc;
});

/** Unpacks blocks, one after another; keeps its 6 MB of tables between them. */
export class Bzip2BlockDecoder {
  /** Byte i of the sorted rotations, and above it where the byte before it stands. */
  readonly #links = new Int32Array(BLOCK_BYTES);
  readonly #selectors = new Uint8Array(32_768);
  readonly #lengths = new Uint8Array(MAX_SYMBOLS);
  /** For each table and each of the next `TABLE_BITS` bits: symbol and code length, or 0 where the code is longer. */
  readonly #lookup = new Uint16Array(MAX_TABLES << TABLE_BITS);
  /** For each table and code length: the first code after those of this length, and what to add to a code for its place in `#symbols`. */
  readonly #limits = new Int32Array(MAX_TABLES * (MAX_CODE_BITS + 2));
  readonly #bases = new Int32Array(MAX_TABLES * (MAX_CODE_BITS + 2));
  readonly #symbols = new Uint16Array(MAX_TABLES * MAX_SYMBOLS);
  readonly #counts = new Int32Array(256);

  #packed: Uint8Array = new Uint8Array(0);
  #position = 0;
  #buffer = 0;
  #bits = 0;

  /** Unpacks the block whose magic begins at `startBit` of `packed`. */
  decode(packed: Uint8Array, startBit: number): Bzip2Block {
    this.#packed = packed;
    this.#seek(startBit + 48);
    const storedCrc = (this.#read(16) << 16) | this.#read(16);
    // Blocks with this flag were made only by bzip2 0.9.0 and older.
    const randomised = this.#read(1) === 1;
    const origin = this.#read(24);
    const length = randomised ? -1 : this.#readSymbols();
    const endBit = this.#position * 8 - this.#bits;
    if (endBit > packed.length * 8) return { state: 'short' };
    if (length <= 0 || origin >= length) return { state: 'corrupt' };
    const { bytes, crc } = this.#invert(length, origin);
    return crc === storedCrc ? { state: 'ok', bytes, endBit, crc } : { state: 'checksum' };
  }

  #seek(bit: number): void {
    this.#position = bit >>> 3;
    this.#buffer = 0;
    this.#bits = 0;
    this.#read(bit & 7);
  }

  /** The next bits, at most 24; zeros beyond the end. */
  #read(bits: number): number {
    if (bits === 0) return 0;
    while (this.#bits < bits) {
      const byte = this.#position < this.#packed.length ? this.#packed[this.#position]! : 0;
      this.#buffer = (this.#buffer << 8) | byte;
      this.#position++;
      this.#bits += 8;
    }
    this.#bits -= bits;
    return (this.#buffer >>> this.#bits) & ((1 << bits) - 1);
  }

  /** Reads everything up to the block's end into `#links` and `#counts`; gives the number of bytes, or -1 when this is no block. */
  #readSymbols(): number {
    const used = new Uint8Array(256);
    let usedCount = 0;
    const ranges = this.#read(16);
    for (let range = 0; range < 16; range++) {
      if (((ranges >>> (15 - range)) & 1) === 0) continue;
      const values = this.#read(16);
      for (let bit = 0; bit < 16; bit++) if ((values >>> (15 - bit)) & 1) used[usedCount++] = range * 16 + bit;
    }
    const tables = this.#read(3);
    const selectors = this.#read(15);
    if (usedCount === 0 || tables < 2 || tables > MAX_TABLES || selectors === 0) return -1;
    if (!this.#readSelectors(tables, selectors)) return -1;
    for (let table = 0; table < tables; table++) {
      if (!this.#readCode(table, usedCount + 2)) return -1;
    }
    return this.#readBytes(used, usedCount + 1, selectors);
  }

  #readSelectors(tables: number, count: number): boolean {
    const order = [0, 1, 2, 3, 4, 5];
    for (let index = 0; index < count; index++) {
      let place = 0;
      while (this.#read(1) === 1) if (++place >= tables) return false;
      const [table] = order.splice(place, 1);
      order.unshift(table!);
      this.#selectors[index] = table!;
    }
    return true;
  }

  /** Reads the code lengths of a table and makes what decodes it. */
  #readCode(table: number, symbols: number): boolean {
    const lengths = this.#lengths;
    let length = this.#read(5);
    for (let symbol = 0; symbol < symbols; symbol++) {
      for (;;) {
        if (length < 1 || length > MAX_CODE_BITS) return false;
        if (this.#read(1) === 0) break;
        length += this.#read(1) === 0 ? 1 : -1;
      }
      lengths[symbol] = length;
    }
    const lookupAt = table << TABLE_BITS;
    const row = table * (MAX_CODE_BITS + 2);
    const symbolsAt = table * MAX_SYMBOLS;
    this.#lookup.fill(0, lookupAt, lookupAt + (1 << TABLE_BITS));
    let code = 0;
    let place = 0;
    for (let bits = 1; bits <= MAX_CODE_BITS; bits++) {
      this.#bases[row + bits] = symbolsAt + place - code;
      for (let symbol = 0; symbol < symbols; symbol++) {
        if (lengths[symbol] !== bits) continue;
        this.#symbols[symbolsAt + place++] = symbol;
        if (bits <= TABLE_BITS) {
          const from = lookupAt + (code << (TABLE_BITS - bits));
          this.#lookup.fill((symbol << 5) | bits, from, from + (1 << (TABLE_BITS - bits)));
        }
        code++;
      }
      if (code > 1 << bits) return false;
      this.#limits[row + bits] = code;
      code <<= 1;
    }
    return true;
  }

  /** Decodes the symbols: run lengths of the front byte, or places in the move-to-front list, until the one that ends the block. */
  #readBytes(front: Uint8Array, endSymbol: number, selectorCount: number): number {
    const packed = this.#packed;
    const packedLength = packed.length;
    const links = this.#links;
    const lookup = this.#lookup;
    const counts = this.#counts.fill(0);
    let position = this.#position;
    let buffer = this.#buffer;
    let bits = this.#bits;
    let length = 0;
    let runLength = 0;
    let runBit = 1;
    for (let selector = 0; selector < selectorCount; selector++) {
      if (position > packedLength + 4) break;
      const table = this.#selectors[selector]!;
      const lookupAt = table << TABLE_BITS;
      for (let left = GROUP_SYMBOLS; left > 0; left--) {
        if (bits < 16) {
          const high = position < packedLength ? packed[position]! : 0;
          const low = position + 1 < packedLength ? packed[position + 1]! : 0;
          buffer = (buffer << 16) | (high << 8) | low;
          position += 2;
          bits += 16;
        }
        const entry = lookup[lookupAt + ((buffer >>> (bits - TABLE_BITS)) & ((1 << TABLE_BITS) - 1))]!;
        let symbol = entry >>> 5;
        if (entry !== 0) {
          bits -= entry & 31;
        } else {
          const row = table * (MAX_CODE_BITS + 2);
          let codeBits = TABLE_BITS;
          let code = (buffer >>> (bits - codeBits)) & ((1 << codeBits) - 1);
          bits -= codeBits;
          do {
            if (++codeBits > MAX_CODE_BITS) return this.#stop(position, buffer, bits);
            if (bits === 0) {
              buffer = (buffer << 8) | (position < packedLength ? packed[position]! : 0);
              position++;
              bits = 8;
            }
            code = (code << 1) | ((buffer >>> --bits) & 1);
          } while (code >= this.#limits[row + codeBits]!);
          symbol = this.#symbols[this.#bases[row + codeBits]! + code]!;
        }
        if (symbol <= 1) {
          runLength += runBit << symbol;
          runBit <<= 1;
          if (runLength > BLOCK_BYTES) return this.#stop(position, buffer, bits);
          continue;
        }
        if (runBit !== 1) {
          const byte = front[0]!;
          const end = length + runLength;
          if (end > BLOCK_BYTES) return this.#stop(position, buffer, bits);
          counts[byte]! += runLength;
          links.fill(byte, length, end);
          length = end;
          runLength = 0;
          runBit = 1;
        }
        if (symbol === endSymbol) {
          this.#stop(position, buffer, bits);
          return length;
        }
        if (length === BLOCK_BYTES) return this.#stop(position, buffer, bits);
        const byte = front[symbol - 1]!;
        for (let place = symbol - 1; place > 0; place--) front[place] = front[place - 1]!;
        front[0] = byte;
        counts[byte]!++;
        links[length++] = byte;
      }
    }
    return this.#stop(position, buffer, bits);
  }

  /** Puts the reader back where the loop has left it. */
  #stop(position: number, buffer: number, bits: number): -1 {
    this.#position = position;
    this.#buffer = buffer;
    this.#bits = bits;
    return -1;
  }

  /** Undoes the sorting and the first run lengths: four equal bytes are followed by how many more of them there are. */
  #invert(length: number, origin: number): { bytes: Uint8Array; crc: number } {
    const links = this.#links;
    const counts = this.#counts;
    for (let byte = 0, before = 0; byte < 256; byte++) {
      const count = counts[byte]!;
      counts[byte] = before;
      before += count;
    }
    for (let index = 0; index < length; index++) {
      const byte = links[index]! & 0xff;
      links[counts[byte]!++]! |= index << 8;
    }

    let bytes = new Uint8Array(length + 1024);
    let size = 0;
    let crc = -1;
    let equal = 0;
    let last = -1;
    let at = links[origin]! >>> 8;
    for (let index = 0; index < length; index++) {
      const link = links[at]!;
      at = link >>> 8;
      const byte = link & 0xff;
      if (equal === 4) {
        // What is left needs at most a byte each, apart from runs, which look here again.
        const needed = size + byte + (length - index);
        if (needed > bytes.length) {
          const larger = new Uint8Array(needed * 2);
          larger.set(bytes);
          bytes = larger;
        }
        for (let copy = 0; copy < byte; copy++) {
          crc = (crc << 8) ^ CRC_TABLE[(crc >>> 24) ^ last]!;
          bytes[size++] = last;
        }
        equal = 0;
        last = -1;
        continue;
      }
      equal = byte === last ? equal + 1 : 1;
      last = byte;
      crc = (crc << 8) ^ CRC_TABLE[(crc >>> 24) ^ byte]!;
      bytes[size++] = byte;
    }
    return { bytes: bytes.subarray(0, size), crc: ~crc };
  }
}

/** The checksum of a stream after another block: those of its blocks, chained. */
export function chainedCrc(crc: number, blockCrc: number): number {
  return ((crc << 1) | (crc >>> 31)) ^ blockCrc;
}
