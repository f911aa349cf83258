/** Settings of `export`. */
import * as z from 'zod';

/** What a model is exported for. */
export const EXPORT_FORMATS = ['transformers', 'onnx'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** What an ONNX file's matrices are stored and multiplied as. */
export const PRECISIONS = ['fp32', 'fp16', 'int8'] as const;
export type Precision = (typeof PRECISIONS)[number];

/** Where `@huggingface/transformers` looks for each of them, below the model's folder. */
export const ONNX_FILES: Readonly<Record<Precision, string>> = {
  fp32: 'onnx/model.onnx',
  fp16: 'onnx/model_fp16.onnx',
  int8: 'onnx/model_quantized.onnx',
};

export const exportConfig = z.strictObject({
  to: z
    .enum(EXPORT_FORMATS)
    .default('transformers')
    .describe(
      'transformers: safetensors for Hugging Face programs; onnx: for onnxruntime and @huggingface/transformers.',
    ),
  precision: z
    .array(z.enum(PRECISIONS))
    .min(1)
    .default(['fp32'])
    .describe(
      'ONNX: what weights are stored and multiplied as (fp32 unless said). fp16 and int8 change answers and need --dev.',
    ),
  maxDrop: z
    .number()
    .min(0)
    .max(100)
    .default(1)
    .describe(
      'ONNX: points that a score on the --dev file may fall below that of fp32; beyond that nothing is written.',
    ),
  maxSeqLength: z
    .int()
    .min(3)
    .nullable()
    .default(null)
    .describe('ONNX: texts of the --dev file are cut to this many pieces; null: as the model was trained, else 128.'),
});
