/** The shape of a transformer that does not exist yet; the words follow `DistilBertConfig` and `BertConfig` of Hugging Face. */

import * as z from 'zod';

/** The shape of a model to be made. `null` takes the teacher's figure, or where there is no teacher that of BERT-base. */
export const architectureConfig = z.strictObject({
  layers: z.int().min(1).max(48).default(6).describe('Transformer layers, 1 to 48.'),
  hidden: z.int().min(1).nullable().default(null).describe('Width of the hidden states; null: as the teacher.'),
  heads: z.int().min(1).nullable().default(null).describe('Attention heads; must divide hidden; null: as the teacher.'),
  ffn: z.int().min(1).nullable().default(null).describe('Inner width of the feed-forward part; null: as the teacher.'),
  maxPositionEmbeddings: z
    .int()
    .min(2)
    .nullable()
    .default(null)
    .describe('The longest sequence the model can read, in pieces; null: as the teacher.'),
  sinusoidalPositionEmbeddings: z
    .boolean()
    .default(true)
    .describe('Start the position embeddings from sinusoids; where they are copied from a teacher, the copy wins.'),
});

/** A model's shape with every figure the user left open still `null`. */
export type ArchitectureConfig = z.output<typeof architectureConfig>;
