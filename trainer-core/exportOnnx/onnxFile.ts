/** A model as one ONNX file of one precision. */
import { join } from 'node:path';
import { writeChunks } from '../checkpoint/atomicWrite.js';
import { counted } from '../checkpoint/modelFolder.js';
import type { ModelConfig } from '../models/config.js';
import { TrainerError } from '../protocol/errors.js';
import { ONNX_FILES, type Precision } from '../protocol/exportConfig.js';
import type { NamedTensors } from '../protocol/tensor.js';
import { float16Lowering } from '../runtime/float16.js';
import { int8Lowering } from '../runtime/int8.js';
import { type EncodeOptions, encodeGraph } from '../runtime/onnxEncoder.js';
import { modelChunks } from '../runtime/onnxSchema.js';

import { type ServedHead, servingGraph } from './servingGraph.js';

/** Protocol buffers count a message's bytes in 31 bits. */
const LIMIT_BYTES = 2 ** 31 - 1;
export interface OnnxModel {
  config: ModelConfig;
  weights: NamedTensors;
  head: ServedHead;
  /** Told of the bytes as they are written; what it throws ends the writing. */
  onBytes: (done: number, total: number) => void;
}

/** Writes one precision to its place below `folder` and gives its size. Throws `onnxTooLarge`, what `onBytes` throws, and the errors of writing. */
export async function writeOnnx(
  folder: string,
  precision: Precision,
  { config, weights, head, onBytes }: OnnxModel,
): Promise<number> {
  const graph = servingGraph(config, head);
  const initializers = new Map([...weights].map(([name, { data }]) => [name, data]));
  const lowered: Record<Precision, () => EncodeOptions> = {
    fp32: () => ({}),
    fp16: () => ({ lowering: float16Lowering() }),
    int8: () => ({ lowering: int8Lowering(graph) }),
  };
  const encoded = encodeGraph(graph, initializers, { shapesInModel: true, ...lowered[precision]() });
  const { byteLength, chunks } = modelChunks(encoded.graph);
  if (byteLength > LIMIT_BYTES)
    throw new TrainerError('onnxTooLarge', { precision, bytes: byteLength, limitBytes: LIMIT_BYTES });
  await writeChunks(join(folder, ONNX_FILES[precision]), counted(chunks, byteLength, onBytes), byteLength);
  return byteLength;
}
