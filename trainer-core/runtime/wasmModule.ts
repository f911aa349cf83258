/**
 * Small WebAssembly modules with 128-bit SIMD, put together byte by byte: one function and its memory, without a compiler.
 * Opcodes: https://webassembly.github.io/spec/core/binary/instructions.html
 */

export type Bytes = readonly number[];

/** Types of a function's parameters and variables. */
export const wasmType = { i32: 0x7f, f32: 0x7d, v128: 0x7b } as const;

/** LEB128, how WebAssembly writes an unsigned integer. */
export function unsigned(n: number): number[] {
  return n < 128 ? [n] : [(n & 127) | 128, ...unsigned(n >>> 7)];
}

/** An operation on four numbers at once, by its number. */
export const simd = (opcode: number): Bytes => [0xfd, ...unsigned(opcode)];
export const get = (local: number): Bytes => [0x20, local];
export const set = (local: number): Bytes => [0x21, local];
/** Four elements at the byte on top of the stack, counted from byte `start`; of any alignment. */
export const load = (start: number): Bytes => [...simd(0x00), 2, ...unsigned(start)];
export const store = (start: number): Bytes => [...simd(0x0b), 2, ...unsigned(start)];
/** The bytes between, again and again while they leave something other than 0 on the stack. */
export const loop = (body: Bytes): Bytes => [0x03, 0x40, ...body, 0x0d, 0, 0x0b];
/** Adds to an i32 variable and leaves it on the stack. */
export const advance = (local: number, by: number): Bytes => [...get(local), 0x41, by, 0x6a, 0x22, local];
/** The two i32 below: whether the lower is less, unsigned. */
export const less: Bytes = [0x49];

export interface WasmFunction {
  /** Types of the parameters; it returns nothing. */
  parameters: Bytes;
  /** How many variables there are of each type; they are numbered after the parameters. */
  variables: readonly (readonly [count: number, type: number])[];
  body: Bytes;
  /** Of memory, 64 KiB each. */
  pages: number;
}

/** TypeScript's libraries declare it for browsers only. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (
    module: object,
  ) => { exports: { memory: { buffer: ArrayBuffer }; run: (...numbers: number[]) => void } };
};

/** Makes the function and its memory. */
export function instantiate(code: WasmFunction): { memory: ArrayBuffer; run: (...numbers: number[]) => void } {
  const module = new WebAssembly.Module(moduleOf(code));
  const { memory, run } = new WebAssembly.Instance(module).exports;
  return { memory: memory.buffer, run };
}

function moduleOf({ parameters, variables, body, pages }: WasmFunction): Uint8Array {
  const section = (id: number, content: Bytes): Bytes => [id, ...unsigned(content.length), ...content];
  const text = (s: string): Bytes => [s.length, ...Buffer.from(s)];
  const code = [variables.length, ...variables.flat(), ...body, 0x0b];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, parameters.length, ...parameters, 0]), // the function's type
    ...section(3, [1, 0]),
    ...section(5, [1, 0, pages]),
    ...section(7, [2, ...text('memory'), 2, 0, ...text('run'), 0, 0]),
    ...section(10, [1, ...unsigned(code.length), ...code]),
  ]);
}
