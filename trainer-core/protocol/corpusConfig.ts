/** Where the sequences come from that a pre-training or distillation learns from. */

import * as z from 'zod';
import { corpusSettings } from './corpusSettings.js';

/** The fields; `longest` is the objective's default of `maxSeqLength`. */
export function corpusConfigFields({ longest }: { longest: number }) {
  return {
    corpus: z
      .array(z.string().min(1).meta({ path: true }))
      .min(1)
      .describe(
        'One corpus folder; or what to build one from when it is first needed: Wikipedia dumps, text, JSONL, Parquet, or folders of them.',
      ),
    corpusSettings: corpusSettings
      .prefault({})
      .describe('How text becomes sequences; not read where the corpus is a folder that was built before.'),
    maxSeqLength: z
      .int()
      .min(12)
      .max(65_535)
      .default(longest)
      .describe('The longest sequence, in pieces; longer ones are cut in chunks.'),
  };
}
