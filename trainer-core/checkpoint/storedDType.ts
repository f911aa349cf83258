/** The element types that model files store, named as in safetensors, and how each becomes float32. */
import { decodeBfloat16, decodeFloat16 } from './halfFloat.js';

interface ElementType {
  readonly bytes: number;
  readonly isFloat: boolean;
  /** Converts the first `out.length` little-endian elements of `source`; integers beyond 2^24 and doubles are rounded. */
  readonly decode: (source: ArrayBuffer, out: Float32Array) => void;
}

const elementTypes = {
  F64: { bytes: 8, isFloat: true, decode: (source, out) => out.set(new Float64Array(source, 0, out.length)) },
  F32: { bytes: 4, isFloat: true, decode: (source, out) => out.set(new Float32Array(source, 0, out.length)) },
  F16: { bytes: 2, isFloat: true, decode: (source, out) => decodeFloat16(new Uint16Array(source, 0, out.length), out) },
  BF16: {
    bytes: 2,
    isFloat: true,
    decode: (source, out) => decodeBfloat16(new Uint16Array(source, 0, out.length), out),
  },
  I64: {
    bytes: 8,
    isFloat: false,
    decode: (source, out) => {
      const integers = new BigInt64Array(source, 0, out.length);
      for (let i = 0; i < out.length; i++) out[i] = Number(integers[i]);
    },
  },
  I32: { bytes: 4, isFloat: false, decode: (source, out) => out.set(new Int32Array(source, 0, out.length)) },
  I16: { bytes: 2, isFloat: false, decode: (source, out) => out.set(new Int16Array(source, 0, out.length)) },
  I8: { bytes: 1, isFloat: false, decode: (source, out) => out.set(new Int8Array(source, 0, out.length)) },
  U8: { bytes: 1, isFloat: false, decode: (source, out) => out.set(new Uint8Array(source, 0, out.length)) },
  BOOL: { bytes: 1, isFloat: false, decode: (source, out) => out.set(new Uint8Array(source, 0, out.length)) },
} as const satisfies Record<string, ElementType>;

/** An element type on disk, by its safetensors name. */
export type StoredDType = keyof typeof elementTypes;

/** True when `name` is an element type that can be read. */
export function isStoredDType(name: string): name is StoredDType {
  return Object.hasOwn(elementTypes, name);
}

/** Size of an element, its kind, and its conversion to float32. */
export function elementType(dtype: StoredDType): ElementType {
  return elementTypes[dtype];
}

/** Number of elements of a tensor of these dims; null when a dim is not a size or the product is beyond exact integers. */
export function elementCount(dims: readonly number[]): number | null {
  let count = 1;
  for (const dim of dims) {
    if (!Number.isSafeInteger(dim) || dim < 0) return null;
    count *= dim;
    if (!Number.isSafeInteger(count)) return null;
  }
  return count;
}
