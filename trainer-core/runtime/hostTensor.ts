/** Tensors in host memory as the runtime takes and gives them. */

/** A tensor over memory the caller owns; `data.length` is the product of `dims`. */
export interface HostTensor {
  readonly dims: readonly number[];
  readonly data: Float32Array | Int32Array;
}

export const float32 = (data: Float32Array, dims: readonly number[]): HostTensor => ({ data, dims });
export const int32 = (data: Int32Array, dims: readonly number[]): HostTensor => ({ data, dims });
export const scalar = (x: number): HostTensor => ({ data: Float32Array.of(x), dims: [] });
