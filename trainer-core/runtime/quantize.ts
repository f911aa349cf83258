/** Symmetric int8 quantisation of matrices, a scale for each row (per-channel; Jacob et al. 2018, §2.1, with zero point 0). */

/**
 * The largest magnitude of a weight that is multiplied with uint8 activations. Processors without VNNI add two such products in 16
 * bits, saturating: 2 · 255 · 64 = 32,640 still fits, 2 · 255 · 127 would not (onnxruntime calls it `reduce_range`).
 */
export const FACTOR_LIMIT = 64;
/** The largest magnitude of what is only looked up. */
export const TABLE_LIMIT = 127;

export interface QuantizedRows {
  /** As many as were given, each -limit to limit. */
  values: Int8Array;
  /** One a row: value · scale is near the original. 1 for a row of zeros. */
  scales: Float32Array;
}

/** Quantises a row-major matrix of rows of `columns` elements: each row's largest magnitude becomes `limit`. */
export function quantizeRows(data: Float32Array, columns: number, limit: number): QuantizedRows {
  const rows = data.length / columns;
  const values = new Int8Array(data.length);
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row++) {
    const [start, end] = [row * columns, (row + 1) * columns];
    let largest = 0;
    for (let i = start; i < end; i++) largest = Math.max(largest, Math.abs(data[i] as number));
    const scale = Math.fround(largest / limit) || 1;
    scales[row] = scale;
    for (let i = start; i < end; i++) {
      values[i] = Math.max(-limit, Math.min(limit, Math.round((data[i] as number) / scale)));
    }
  }
  return { values, scales };
}
