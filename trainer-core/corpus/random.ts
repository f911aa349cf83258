/**
 * The project's one seeded generator: xoshiro128** (Blackman and Vigna 2018), with streams derived by label and number.
 * A stream depends on its seed and the labels that led to it, never on what was drawn before, so a resumed run draws what an
 * uninterrupted one would have drawn.
 */

/** A stream of random numbers. Make the first with `Random.fromSeed`, the others from it with `fork`. */
export class Random {
  private s0: number;
  private s1: number;
  private s2: number;
  private s3: number;

  /** `key`: four 32-bit words, not all zero; they are the first state and what forks derive from. */
  constructor(private readonly key: readonly [number, number, number, number]) {
    [this.s0, this.s1, this.s2, this.s3] = key;
  }

  /** The root stream of a run. `seed`: an integer of at most 53 bits, as in a config. */
  static fromSeed(seed: number): Random {
    return new Random([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344]).fork(seed);
  }

  /**
   * An independent stream named by `labels`, the same whatever was drawn from this one:
   * `Random.fromSeed(seed).fork('masks', epoch, step)`. Numbers are integers of at most 53 bits.
   */
  fork(...labels: readonly (string | number)[]): Random {
    const key: [number, number, number, number] = [...this.key];
    for (const label of labels) {
      if (typeof label === 'number') {
        absorb(key, 1);
        absorb(key, label | 0);
        absorb(key, Math.floor(label / 2 ** 32));
      } else {
        absorb(key, 2);
        absorb(key, label.length);
        for (let i = 0; i < label.length; i++) absorb(key, label.charCodeAt(i));
      }
    }
    if (key.every((word) => word === 0)) key[0] = 1; // The one state that xoshiro cannot leave.
    return new Random(key);
  }

  /** The next 32 bits, as an integer from 0 to 2^32 - 1. */
  uint32(): number {
    const product = Math.imul(this.s1, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0;
    const shifted = this.s1 << 9;
    this.s2 ^= this.s0;
    this.s3 ^= this.s1;
    this.s1 ^= this.s2;
    this.s0 ^= this.s3;
    this.s2 ^= shifted;
    this.s3 = (this.s3 << 11) | (this.s3 >>> 21);
    return result;
  }

  /** Uniform in [0, 1), with 53 random bits. */
  float(): number {
    return ((this.uint32() >>> 5) * 2 ** 26 + (this.uint32() >>> 6)) / 2 ** 53;
  }

  /** Uniform among 0 … n - 1, without bias. `n`: an integer from 1 to 2^32. */
  below(n: number): number {
    const limit = 2 ** 32 - (2 ** 32 % n);
    for (;;) {
      const word = this.uint32();
      if (word < limit) return word % n;
    }
  }

  /** Exponential with mean 1, above 0. */
  exponential(): number {
    return -Math.log(1 - this.float()) || Number.MIN_VALUE;
  }

  /** Normal with mean 0 and variance 1 (Box and Muller 1958, the cosine half). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.float())) * Math.cos(2 * Math.PI * this.float());
  }

  /** Shuffles in place (Fisher and Yates) and gives the same array back; each order is equally likely. */
  shuffle<T extends { [index: number]: unknown; readonly length: number }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const item = items[i];
      items[i] = items[j];
      items[j] = item;
    }
    return items;
  }
}

/** Stirs one 32-bit word into a key, so that each word of it depends on every bit absorbed. */
function absorb(key: [number, number, number, number], word: number): void {
  let carry = word;
  for (let i = 0; i < 8; i++) {
    const lane = (i & 3) as 0 | 1 | 2 | 3;
    // Adding the position keeps a key of zeros from staying one.
    carry = finalise((key[lane] ^ carry) + Math.imul(i + 1, 0x9e3779b9));
    key[lane] = carry;
  }
}

/** The 32-bit finaliser of MurmurHash3 (Appleby): a bijection whose output bits each depend on all input bits. */
function finalise(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
