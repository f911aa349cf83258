/** The micro-batches of a fixture: safetensors of [N, B, S], with an attention mask or with lengths. */
import { readSafetensors } from '../../trainer-core/checkpoint/safetensors.js';
import type { FloatTensor } from '../../trainer-core/protocol/tensor.js';
import { type LanguageModelBatch, nextIds } from '../../trainer-core/training/languageModelBatch.js';

/**
 * Reads micro-batches in order.
 * @param causal labels are the ids themselves and are moved so that each position predicts the next.
 */
export async function readBatches(file: string, causal = false): Promise<LanguageModelBatch[]> {
  const tensors = await readSafetensors(file);
  const { dims } = tensors.get('input_ids') as FloatTensor;
  const [count, batchSize, sequenceLength] = dims as [number, number, number];
  const integers = (name: string, i: number, size: number) =>
    Int32Array.from((tensors.get(name) as FloatTensor).data.subarray(i * size, (i + 1) * size));
  return Array.from({ length: count }, (_, i) => {
    const labels = integers('labels', i, batchSize * sequenceLength);
    const lengths = tensors.has('lengths')
      ? integers('lengths', i, batchSize)
      : lengthsOf(integers('attention_mask', i, batchSize * sequenceLength), sequenceLength, file);
    return {
      batchSize,
      sequenceLength,
      inputIds: integers('input_ids', i, batchSize * sequenceLength),
      labels: causal ? nextIds(labels, lengths, sequenceLength) : labels,
      lengths,
    };
  });
}

/** The lengths that an attention mask [B, S] stands for. */
export function lengthsOf(mask: ArrayLike<number>, sequenceLength: number, file: string): Int32Array {
  return Int32Array.from({ length: mask.length / sequenceLength }, (_, b) => {
    const row = Array.from({ length: sequenceLength }, (_, s) => mask[b * sequenceLength + s] as number);
    const length = row.reduce((n, x) => n + x, 0);
    if (row.slice(0, length).some((x) => x !== 1)) throw new Error(`${file}: a mask has a hole`);
    return length;
  });
}
