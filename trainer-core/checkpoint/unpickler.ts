/** Reads Python pickles, protocols 2 to 5, without ever running anything: only the symbols it is given exist (Python Lib/pickletools.py). */
import { TrainerError } from '../protocol/errors.js';

/** A symbol that a pickle may name. `call` is what applying it does; without it the symbol is only a name. */
export interface PickleSymbol {
  readonly name: string;
  readonly call?: (args: readonly unknown[]) => unknown;
}

/** What a pickle may use, and the file named in its errors. */
export interface PickleContext {
  readonly file: string;
  /** The symbol, or undefined when a pickle may not name it. */
  readonly findSymbol: (module: string, name: string) => PickleSymbol | undefined;
  /** What a persistent id stands for. */
  readonly loadPersistent: (id: unknown) => unknown;
}

/**
 * Reads the pickle at the start of `bytes`: None → null, int → number (bigint when beyond 2^53), str → string, bytes → Buffer,
 * tuple and list → array, dict → Map, set → Set. `end` is where the pickle stops.
 * Throws `pickleForbidden` for a symbol that is not allowed, `pickleInvalid` for everything else that is wrong.
 */
export function unpickle(bytes: Buffer, context: PickleContext): { value: unknown; end: number } {
  return new Unpickler(bytes, context).run();
}

class Unpickler {
  private at = 0;
  private stack: unknown[] = [];
  /** Heights of the stack at each open MARK. */
  private readonly marks: number[] = [];
  private readonly memo = new Map<number, unknown>();

  constructor(
    private readonly bytes: Buffer,
    private readonly context: PickleContext,
  ) {}

  run(): { value: unknown; end: number } {
    for (;;) {
      const opcode = String.fromCharCode(this.uint(1));
      if (opcode === '.') return { value: this.pop(), end: this.at };
      if (!this.pushScalar(opcode)) this.build(opcode);
    }
  }

  /** Opcodes that push a value standing in the pickle itself; false for any other opcode. */
  private pushScalar(opcode: string): boolean {
    switch (opcode) {
      case 'N':
        return this.push(null);
      case '\x88':
        return this.push(true);
      case '\x89':
        return this.push(false);
      case 'J':
        return this.push(this.take(4).readInt32LE());
      case 'K':
        return this.push(this.uint(1));
      case 'M':
        return this.push(this.uint(2));
      case '\x8a':
        return this.push(this.long(this.take(this.uint(1))));
      case '\x8b':
        return this.push(this.long(this.take(this.uint(4))));
      case 'G':
        return this.push(this.take(8).readDoubleBE());
      case 'X':
        return this.push(this.text(this.uint(4)));
      case '\x8c':
        return this.push(this.text(this.uint(1)));
      case '\x8d':
        return this.push(this.text(this.length64()));
      // The str of Python 2, in which old checkpoints have their names.
      case 'T':
        return this.push(this.text(this.uint(4)));
      case 'U':
        return this.push(this.text(this.uint(1)));
      case 'B':
        return this.push(this.take(this.uint(4)));
      case 'C':
        return this.push(this.take(this.uint(1)));
      case '\x8e':
      case '\x96':
        return this.push(this.take(this.length64()));
      default:
        return false;
    }
  }

  /** Opcodes that work on the stack, the memo and symbols. */
  private build(opcode: string): void {
    switch (opcode) {
      case '\x80': // PROTO
        if (this.uint(1) > 5) throw this.invalid('protocol is above 5');
        return;
      case '\x95': // FRAME
        this.length64();
        return;
      case '(':
        this.marks.push(this.stack.length);
        return;
      case '0':
        this.pop();
        return;
      case '1':
        this.popToMark();
        return;
      case '2':
        this.push(this.top());
        return;
      case 'h':
        this.push(this.recall(this.uint(1)));
        return;
      case 'j':
        this.push(this.recall(this.uint(4)));
        return;
      case 'q':
        this.memo.set(this.uint(1), this.top());
        return;
      case 'r':
        this.memo.set(this.uint(4), this.top());
        return;
      case '\x94': // MEMOIZE
        this.memo.set(this.memo.size, this.top());
        return;
      case ')':
      case ']':
        this.push([]);
        return;
      case '}':
        this.push(new Map());
        return;
      case '\x8f': // EMPTY_SET
        this.push(new Set());
        return;
      case 't':
      case 'l':
        this.push(this.popToMark());
        return;
      case '\x91': // FROZENSET
        this.push(new Set(this.popToMark()));
        return;
      case 'd':
        this.push(this.setItems(new Map(), this.popToMark()));
        return;
      case '\x85': // TUPLE1
        this.push(this.popMany(1));
        return;
      case '\x86': // TUPLE2
        this.push(this.popMany(2));
        return;
      case '\x87': // TUPLE3
        this.push(this.popMany(3));
        return;
      case 'a':
        this.append([this.pop()]);
        return;
      case 'e':
        this.append(this.popToMark());
        return;
      case '\x90': // ADDITEMS
        this.addItems(this.popToMark());
        return;
      case 's':
        this.setTopItems(this.popMany(2));
        return;
      case 'u':
        this.setTopItems(this.popToMark());
        return;
      case 'c':
        this.push(this.symbol(this.line(), this.line()));
        return;
      case '\x93': // STACK_GLOBAL
        this.pushStackGlobal();
        return;
      case 'i': // INST names a symbol as well; refusing it by name tells more than refusing the opcode.
        this.symbol(this.line(), this.line());
        throw this.invalid('opcode INST');
      case '\x82':
      case '\x83':
      case '\x84':
        throw new TrainerError('pickleForbidden', { file: this.context.file, symbol: 'copyreg extension' });
      case 'R':
      case '\x81': // NEWOBJ
        this.call();
        return;
      case 'Q':
        this.push(this.context.loadPersistent(this.pop()));
        return;
      case 'b':
        // State given to an object, such as the `_metadata` of an OrderedDict: nothing in it is a weight.
        this.pop();
        this.top();
        return;
      default:
        throw this.invalid(`opcode 0x${opcode.charCodeAt(0).toString(16)} at byte ${this.at - 1}`);
    }
  }

  private pushStackGlobal(): void {
    const [module, name] = this.popMany(2);
    if (typeof module !== 'string' || typeof name !== 'string') throw this.invalid('a symbol without a name');
    this.push(this.symbol(module, name));
  }

  private symbol(module: string, name: string): PickleSymbol {
    const symbol = this.context.findSymbol(module, name);
    if (symbol === undefined) {
      throw new TrainerError('pickleForbidden', { file: this.context.file, symbol: `${module}.${name}` });
    }
    return symbol;
  }

  private call(): void {
    const [symbol, args] = this.popMany(2);
    // Only `findSymbol` makes objects with a `call` of their own: a pickle's own values are arrays, Maps, Sets and scalars.
    const call = typeof symbol === 'object' && symbol !== null && 'call' in symbol ? symbol.call : undefined;
    if (typeof call !== 'function' || !Array.isArray(args))
      throw this.invalid('a call of something that is no function');
    this.push(call(args));
  }

  private append(items: unknown[]): void {
    const list = this.top();
    if (!Array.isArray(list)) throw this.invalid('append to something that is no list');
    for (const item of items) list.push(item);
  }

  private addItems(items: unknown[]): void {
    const set = this.top();
    if (!(set instanceof Set)) throw this.invalid('add to something that is no set');
    for (const item of items) set.add(item);
  }

  private setTopItems(items: unknown[]): void {
    const dict = this.top();
    if (!(dict instanceof Map)) throw this.invalid('items set on something that is no dict');
    this.setItems(dict, items);
  }

  private setItems(dict: Map<unknown, unknown>, items: unknown[]): Map<unknown, unknown> {
    if (items.length % 2 !== 0) throw this.invalid('a key without a value');
    for (let i = 0; i < items.length; i += 2) dict.set(items[i], items[i + 1]);
    return dict;
  }

  private push(value: unknown): true {
    this.stack.push(value);
    return true;
  }

  private pop(): unknown {
    return this.popMany(1)[0];
  }

  private top(): unknown {
    if (this.stack.length <= (this.marks.at(-1) ?? 0)) throw this.invalid('the stack is empty');
    return this.stack[this.stack.length - 1];
  }

  private popMany(count: number): unknown[] {
    if (this.stack.length - count < (this.marks.at(-1) ?? 0)) throw this.invalid('the stack is empty');
    return this.stack.splice(this.stack.length - count);
  }

  private popToMark(): unknown[] {
    const mark = this.marks.pop();
    if (mark === undefined) throw this.invalid('no mark');
    return this.stack.splice(mark);
  }

  private recall(key: number): unknown {
    if (!this.memo.has(key)) throw this.invalid(`nothing memorised under ${key}`);
    return this.memo.get(key);
  }

  private take(length: number): Buffer {
    const end = this.at + length;
    if (end > this.bytes.length) throw this.invalid('ends in the middle');
    const taken = this.bytes.subarray(this.at, end);
    this.at = end;
    return taken;
  }

  private uint(bytes: 1 | 2 | 4): number {
    return this.take(bytes).readUIntLE(0, bytes);
  }

  private length64(): number {
    // A length beyond 2^53 loses its last digits here, and is past the end either way.
    return Number(this.take(8).readBigUInt64LE());
  }

  private text(length: number): string {
    return this.take(length).toString('utf8');
  }

  private line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0) throw this.invalid('ends in the middle');
    const line = this.text(end - this.at);
    this.at = end + 1;
    return line;
  }

  /** A little-endian two's complement integer of any length. */
  private long(bytes: Buffer): number | bigint {
    if (bytes.length === 0) return 0;
    const unsigned = BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
    const value = BigInt.asIntN(bytes.length * 8, unsigned);
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }

  private invalid(reason: string): TrainerError {
    return new TrainerError('pickleInvalid', { file: this.context.file, reason });
  }
}
