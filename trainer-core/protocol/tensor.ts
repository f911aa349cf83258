/** A named block of numbers in host memory: what the checkpoint reader hands to the runtime and back. */

/** A float32 tensor, row-major; `data.length` is the product of `dims`. */
export interface FloatTensor {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** Parameters by their Hugging Face name. */
export type NamedTensors = Map<string, FloatTensor>;
