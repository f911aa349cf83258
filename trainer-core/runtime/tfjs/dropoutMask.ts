/** A dropout mask worked out by TensorFlow.js, to the bit the one that `fillDropoutMask` draws on the host. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { keepScale, keepThreshold, type MaskWords } from '../dropout.js';
import type { Tensorflow } from './loadTensorflow.js';

/**
 * The mask of these dimensions: where the product of a row's and a column's word, as an int32 that overflows, is greater than the
 * threshold, an element is kept.
 */
export function dropoutMask(tf: Tensorflow, words: MaskWords, probability: number, dims: number[]): Tensor {
  return tf.tidy(() => {
    const [low, high] = halves(words.rows).map((half) => tf.tensor(half, [half.length, 1]));
    const [lower, higher] = halves(words.columns).map((half) => tf.tensor(half, [1, half.length]));
    // By halves: the CPU backend multiplies as double-precision numbers, which do not hold all of a product's 64 bits.
    const cross = tf.add(tf.mul(high as Tensor, lower as Tensor), tf.mul(low as Tensor, higher as Tensor));
    const product = tf.add(tf.mul(low as Tensor, lower as Tensor), tf.mul(cross, tf.scalar(1 << 16, 'int32')));
    const kept = tf.greater(product, tf.scalar(keepThreshold(probability), 'int32'));
    return tf.reshape(tf.mul(tf.cast(kept, 'float32'), keepScale(probability)), dims);
  });
}

/** The lower 16 bits of each word, unsigned, and the upper ones with the sign: word = lower + 2¹⁶ · upper. */
function halves(words: Int32Array): [Int32Array, Int32Array] {
  return [words.map((word) => word & 0xffff), words.map((word) => word >> 16)];
}
