/** The feeds that every encoder takes. */
import { type HostTensor, int32 } from '../runtime/hostTensor.js';

/** `input_ids` and the `position_ids` 0 … S-1. */
export function encoderFeeds(
  inputIds: Int32Array,
  batchSize: number,
  sequenceLength: number,
): Record<string, HostTensor> {
  return {
    input_ids: int32(inputIds, [batchSize, sequenceLength]),
    position_ids: int32(
      Int32Array.from({ length: sequenceLength }, (_, i) => i),
      [sequenceLength],
    ),
  };
}

/** RoBERTa's `token_positions`: the pieces of each sequence that are not `padTokenId` counted from 1, and 0 for those that are. */
export function tokenPositions({ data, dims }: HostTensor, padTokenId: number): Record<string, HostTensor> {
  const length = dims[1] as number;
  const positions = new Int32Array(data.length);
  for (let i = 0, count = 0; i < data.length; i++) {
    if (i % length === 0) count = 0;
    if (data[i] !== padTokenId) positions[i] = ++count;
  }
  return { token_positions: int32(positions, dims) };
}
