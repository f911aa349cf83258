/** What a model has to beat: always the commonest class, and a linear classifier over the characters of a text. */
import { Random } from '../../trainer-core/corpus/random.js';
import type { LabelledExample } from '../../trainer-core/labelled/labelledExample.js';
import { argmax, softmax } from '../../trainer-core/scores/probabilities.js';

/** Buckets that n-grams are hashed into. */
const BUCKETS = 1 << 18;
const LONGEST_GRAM = 3;
const EPOCHS = 10;
const LEARNING_RATE = 0.5;

/** Gives the class of a text. */
export type Predict = (text: string) => number;

/** The commonest class of the examples, whatever the text; of equally common ones the first. */
export function majority(examples: readonly LabelledExample[], classes: number): Predict {
  const counts = new Array<number>(classes).fill(0);
  for (const { label } of examples) counts[label]! += 1;
  const commonest = counts.indexOf(Math.max(...counts));
  return () => commonest;
}

/**
 * Softmax regression over the TF-IDF (1 + log count, smoothed IDF, unit length) of all runs of one to three characters, hashed,
 * learnt with AdaGrad (Duchi et al. 2011). The whole text is read. `seed` decides the order of the examples.
 */
export function linear(examples: readonly LabelledExample[], classes: number, seed: number): Predict {
  const texts = examples.map(({ text }) => counted(text));
  const documents = new Float64Array(BUCKETS);
  for (const { buckets } of texts) for (const bucket of buckets) documents[bucket]! += 1;
  const idf = documents.map((n) => Math.log((1 + examples.length) / (1 + n)) + 1);
  const vectors = texts.map((text) => weighted(text, idf));
  const weights = new Float32Array(BUCKETS * classes);
  const squares = new Float32Array(BUCKETS * classes).fill(1e-6);
  const order = vectors.map((_, i) => i);
  const random = Random.fromSeed(seed).fork('linear');
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    for (const at of random.shuffle(order)) {
      const { buckets, values } = vectors[at]!;
      const error = softmax(scores(weights, classes, vectors[at]!));
      error[examples[at]!.label]! -= 1;
      for (const [k, bucket] of buckets.entries()) {
        for (let c = 0; c < classes; c++) {
          const gradient = error[c]! * values[k]!;
          const place = bucket * classes + c;
          squares[place]! += gradient * gradient;
          weights[place]! -= (LEARNING_RATE * gradient) / Math.sqrt(squares[place]!);
        }
      }
    }
  }
  return (text) => argmax(scores(weights, classes, weighted(counted(text), idf)));
}

/** Buckets of a text, each once, and how much of each there is. */
interface Sparse {
  buckets: Uint32Array;
  values: Float32Array;
}

/** How often each n-gram's bucket occurs. The hash is FNV-1a over UTF-16 code units, with the length mixed in by running on. */
function counted(text: string): Sparse {
  const counts = new Map<number, number>();
  for (let at = 0; at < text.length; at++) {
    let hash = 0x811c9dc5;
    for (let n = 0; n < LONGEST_GRAM && at + n < text.length; n++) {
      hash = Math.imul(hash ^ text.charCodeAt(at + n), 0x01000193);
      const bucket = (hash ^ (hash >>> 15)) & (BUCKETS - 1);
      counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
    }
  }
  return { buckets: Uint32Array.from(counts.keys()), values: Float32Array.from(counts.values()) };
}

function weighted({ buckets, values }: Sparse, idf: Float64Array): Sparse {
  const raw = values.map((count, k) => (1 + Math.log(count)) * idf[buckets[k]!]!);
  const length = Math.sqrt(raw.reduce((sum, value) => sum + value * value, 0)) || 1;
  return { buckets, values: raw.map((value) => value / length) };
}

function scores(weights: Float32Array, classes: number, { buckets, values }: Sparse): number[] {
  const found = new Array<number>(classes).fill(0);
  for (const [k, bucket] of buckets.entries()) {
    for (let c = 0; c < classes; c++) found[c]! += weights[bucket * classes + c]! * values[k]!;
  }
  return found;
}
