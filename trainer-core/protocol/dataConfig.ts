/** The settings of `data`: which labelled sets to look at, and how a fine-tuning would read them. */

import * as z from 'zod';
import { checkLongTexts, longTextFields, readingFields, splitFields } from './labelledDataConfig.js';

const path = () => z.string().min(1).meta({ path: true });

/** The settings of `data`. */
export const dataConfig = z
  .strictObject({
    train: path().describe(
      'Labelled texts: TSV, CSV, JSONL, Parquet, a folder of class folders, or the Livedoor corpus.',
    ),
    dev: path().nullable().default(null).describe('The same for dev; null: what a fine-tuning would hold out.'),
    test: path().nullable().default(null).describe('The same for a test set; null: none.'),
    model: path()
      .nullable()
      .default(null)
      .describe('Folder of a model, whose tokenizer counts pieces; null: no lengths.'),
    ...readingFields,
    ...splitFields,
    maxSeqLength: z.int().min(3).default(128).describe('Which texts would be cut.'),
    ...longTextFields,
  })
  .superRefine(checkLongTexts);

/** Checked settings of `data`. */
export type DataConfig = z.output<typeof dataConfig>;
