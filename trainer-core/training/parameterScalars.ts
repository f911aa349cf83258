/** Mean and standard deviation of every weight and its gradient, under the tags of Hugging Face's `distiller.py`. */
import type { NamedTensors } from '../protocol/tensor.js';
import type { Scalars } from '../tensorboard/runScalars.js';

/** The statistics of tensors; `kind` is the first part of their tags: `parameter` or `grad`. */
export function tensorScalars(kind: 'parameter' | 'grad', tensors: NamedTensors): Scalars {
  return [...tensors].flatMap(([name, { data }]): Scalars => {
    const { mean, deviation } = statistics(data);
    return [
      [`${kind}_mean/${name}`, mean],
      [`${kind}_std/${name}`, deviation],
    ];
  });
}

/** The deviation is that of a sample, divided by n - 1, as torch's is. */
function statistics(data: Float32Array): { mean: number; deviation: number } {
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += data[i] as number;
  const mean = sum / data.length;
  let squares = 0;
  for (let i = 0; i < data.length; i++) squares += ((data[i] as number) - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / (data.length - 1)) };
}
