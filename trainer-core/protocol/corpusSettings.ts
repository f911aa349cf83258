/** How text becomes the sequences of a corpus: the settings of `corpus build`, and of a run whose corpus is built on first use. */

import * as z from 'zod';

/** The settings; every one of them is part of a corpus's identity. */
export const corpusFields = {
  sequences: z
    .enum(['packed', 'sentences', 'lines'])
    .default('packed')
    .describe(
      'What a sequence is: consecutive sentences of a document, as many as fit; one sentence; or one line of the text, as the published recipe has it.',
    ),
  textDocuments: z
    .enum(['blankLines', 'lines'])
    .default('blankLines')
    .describe('In plain text a document ends at a blank line, or each line is a document of its own.'),
  textField: z.string().min(1).default('text').describe('The field or column with the text, in JSONL and Parquet.'),
  minChars: z.int().min(0).default(0).describe('Shorter sentences (lines, where a sequence is a line) are dropped.'),
  maxChars: z
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe("Longer ones are dropped; null: none. The published teacher's corpus had 16 to 1024 characters."),
  minTokens: z.int().min(3).default(12).describe('Sequences of fewer pieces, [CLS] and [SEP] counted, are dropped.'),
  maxUnknown: z
    .number()
    .gt(0)
    .max(1)
    .default(0.5)
    .describe('Sequences of which this part or more is [UNK] are dropped.'),
  dropDuplicates: z.boolean().default(false).describe('Keep only the first of sequences with the same pieces.'),
  lists: z.boolean().default(false).describe('Of wikitext: keep list items.'),
  headings: z.boolean().default(false).describe('Of wikitext: keep section headings.'),
  disambiguations: z.boolean().default(false).describe('Of a dump: keep disambiguation pages.'),
  anyLanguage: z.boolean().default(false).describe('Take a dump of a Wikipedia that is not Japanese all the same.'),
};

export const corpusSettings = z.strictObject(corpusFields);

/** Checked settings with every default filled in. */
export type CorpusSettings = z.output<typeof corpusSettings>;
