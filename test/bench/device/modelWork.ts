/**
 * The matrix work of a step in which every layer works out every position, by formula: what PyTorch's peer does. Backward costs twice
 * forward: each product gives two of its size. Embeddings are looked up, which is no product.
 */

/** The size of an encoder and of what goes through it. */
export interface WorkShape {
  layers: number;
  hidden: number;
  ffn: number;
  vocab: number;
  labels: number;
  batch: number;
  seq: number;
}

/** Forward work of the layers: four projections, scores and weighted values, and the two halves of the feed-forward part. */
export function encoderWork({ layers, hidden, ffn, batch, seq }: WorkShape): number {
  const tokens = batch * seq;
  return layers * (4 * 2 * tokens * hidden * hidden + 2 * 2 * tokens * seq * hidden + 2 * 2 * tokens * hidden * ffn);
}

/** Forward work of predicting a piece at every position. */
function maskedLmWork({ hidden, vocab, batch, seq }: WorkShape): number {
  return 2 * batch * seq * hidden * (hidden + vocab);
}

/** Forward work of classifying the first token. */
function headWork({ hidden, labels, batch }: WorkShape): number {
  return 2 * batch * hidden * (hidden + labels);
}

/** Floating-point operations of a step of the peer. */
export function peerWork(mode: 'finetune' | 'distill' | 'infer', shape: WorkShape, teacherLayers: number): number {
  if (mode === 'infer') return encoderWork(shape) + headWork(shape);
  if (mode === 'finetune') return 3 * (encoderWork(shape) + headWork(shape));
  const student = encoderWork(shape) + maskedLmWork(shape);
  const teacher = encoderWork({ ...shape, layers: teacherLayers }) + maskedLmWork(shape);
  return 3 * student + teacher;
}
