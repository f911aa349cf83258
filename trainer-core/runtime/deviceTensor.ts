/** Tensors in a device's own memory. */
import type { HostTensor } from './hostTensor.js';

/** A tensor that stays on the device between runs. On the CPU it is host memory. */
export interface DeviceTensor {
  readonly dims: readonly number[];
  readonly type: 'float32' | 'int32';
  /** An `ort.Tensor`, a `tf.Tensor`, or the pieces of a `TensorInPieces`. Only a program looks inside. */
  readonly handle: unknown;
  /** Frees its memory; once is enough, and a second time does nothing. */
  dispose(): void;
}

export function isDeviceTensor(tensor: HostTensor | DeviceTensor): tensor is DeviceTensor {
  return 'handle' in tensor;
}
