/** Tensors in the memory of TensorFlow.js's backend. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { DeviceTensor } from '../deviceTensor.js';
import type { HostTensor } from '../hostTensor.js';
import type { Tensorflow } from './loadTensorflow.js';

/** A tensor that stays with the backend. Those of TensorFlow.js do not change, so writing over one is taking another one's place. */
export class TfjsTensor implements DeviceTensor {
  #tensor: Tensor;

  /** Owns the tensor from here on. */
  constructor(tensor: Tensor) {
    this.#tensor = tensor;
  }

  get dims(): readonly number[] {
    return this.#tensor.shape;
  }

  get type(): 'float32' | 'int32' {
    return this.#tensor.dtype === 'int32' ? 'int32' : 'float32';
  }

  get handle(): Tensor {
    return this.#tensor;
  }

  /** Owns another tensor instead, and frees the one it had. */
  replace(tensor: Tensor): void {
    this.#tensor.dispose();
    this.#tensor = tensor;
  }

  dispose(): void {
    this.#tensor.dispose();
  }
}

/** A tensor of the backend with the host's numbers as they are now: a backend may read host memory as late as at the first use. */
export function fromHost(tf: Tensorflow, { data, dims }: HostTensor): Tensor {
  return tf.tensor(data.slice(), [...dims], data instanceof Float32Array ? 'float32' : 'int32');
}

/** The numbers of a tensor in memory of their own, or in `into`. */
export async function toHost(tensor: Tensor, into?: HostTensor): Promise<HostTensor> {
  const data = (await tensor.data()) as HostTensor['data'];
  if (!into) return { dims: tensor.shape, data: data.slice() };
  into.data.set(data);
  return into;
}
