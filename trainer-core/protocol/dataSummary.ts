/** What is said of labelled data before a model learns from it. */

/** What labelled text is read from. */
export const DATA_FORMATS = ['tsv', 'csv', 'jsonl', 'parquet', 'classFolders', 'livedoor'] as const;
export type DataFormat = (typeof DATA_FORMATS)[number];
