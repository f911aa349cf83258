/** Finds where blocks and ends of streams begin in a bzip2 file: 48-bit magics that can stand at any bit. */

export type Bzip2MarkKind = 'block' | 'end';

/** The digits of π and of its square root, which the format begins a block and ends a stream with. */
const MAGICS: Record<Bzip2MarkKind, readonly number[]> = {
  block: [0x31, 0x41, 0x59, 0x26, 0x53, 0x59],
  end: [0x17, 0x72, 0x45, 0x38, 0x50, 0x90],
};
/** A magic and, for each shift within a byte, the five bytes that it fills wholly (its second to its sixth). */
const SHIFTED = (['block', 'end'] as const).flatMap((kind) =>
  Array.from({ length: 8 }, (_, shift) => ({ kind, shift, inner: innerBytes(MAGICS[kind], shift) })),
);

/** For two bytes that follow each other, as one number: whether a shifted magic has them as its second and third, or third and fourth. */
const CANDIDATES = new Uint8Array(65_536);
for (const { inner } of SHIFTED) {
  CANDIDATES[(inner[0]! << 8) | inner[1]!] = 1;
  CANDIDATES[(inner[1]! << 8) | inner[2]!] = 1;
}

function innerBytes(magic: readonly number[], shift: number): number[] {
  return Array.from(
    { length: 5 },
    (_, index) => ((magic[index]! << (8 - shift)) | (magic[index + 1]! >>> shift)) & 0xff,
  );
}

/** Where a magic begins, in bits. */
export interface Bzip2Mark {
  kind: Bzip2MarkKind;
  bit: number;
}

/** All magics that lie wholly in `bytes`, in order. By chance there is one that is none in 10,000 GB. */
export function findBzip2Marks(bytes: Uint8Array): Bzip2Mark[] {
  const marks: Bzip2Mark[] = [];
  // Every second place is enough: of two neighbours one is even.
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    if (CANDIDATES[(bytes[at]! << 8) | bytes[at + 1]!] === 0) continue;
    for (const first of [at - 2, at - 1]) {
      const found = SHIFTED.find(({ kind, shift }) => isMark(bytes, first * 8 + shift, kind));
      if (found) marks.push({ kind: found.kind, bit: first * 8 + found.shift });
    }
  }
  return marks;
}

/** Whether a magic of this kind begins at `bit`. */
export function isMark(bytes: Uint8Array, bit: number, kind: Bzip2MarkKind): boolean {
  const first = Math.floor(bit / 8);
  const shift = bit - first * 8;
  if (first < 0 || bit + 48 > bytes.length * 8) return false;
  return MAGICS[kind].every((byte, index) => {
    const high = bytes[first + index]! << shift;
    const low = shift === 0 ? 0 : bytes[first + index + 1]! >>> (8 - shift);
    return ((high | low) & 0xff) === byte;
  });
}
