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
