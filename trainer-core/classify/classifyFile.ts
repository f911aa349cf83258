/** Classifies a text file of any size, line by line, into a TSV; memory does not grow with the file. */
import { stat } from 'node:fs/promises';
import { atomicFile, recoverFolder } from '../checkpoint/atomicWrite.js';
import { checkOutput } from '../checkpoint/outputFile.js';
import { readError } from '../corpus/readError.js';
import { LINE_LIMIT_BYTES, readTextLines, type TextLine } from '../corpus/textLines.js';
import { CLASSIFIED_HEADER, classifiedRow } from '../protocol/classifiedTsv.js';
import type { FileClassified, OnStage } from '../protocol/jobs.js';
import { Classifier } from './classifier.js';

/** Lines are batched by length within stretches of this many: long enough for little padding, short enough to show progress. */
const WINDOW_LINES = 256;
/** A stretch ends before, once it has this many UTF-16 units of text. */
const WINDOW_UNITS = 1024 * 1024;

export interface ClassifyFileOptions {
  /** Folder of a fine-tuned model. */
  model: string;
  /** UTF-8 text, plain or `.gz`, one text a line. */
  input: string;
  /** The TSV; a file that is there is replaced once the new one is whole. */
  output: string;
  device?: string;
  signal: AbortSignal;
  onStage?: OnStage;
}

/**
 * Writes `label`, `score` (0 to 1) and `text`, a header before them, so that line n + 1 belongs to line n of the input: a blank line
 * has no label and no score. Tabs and carriage returns in a text become spaces.
 * Throws `outputIsInput`, what `readTextLines` and `Classifier.load` throw, `diskFull`, `folderNotWritable`, and an AbortError;
 * the output is then as it was before.
 */
export async function classifyFile(options: ClassifyFileOptions): Promise<FileClassified> {
  const { input, output } = options;
  const totalBytes = await inputBytes(input);
  await checkOutput(output, [input]);
  const counted = { lines: 0 };
  await recoverFolder(output);
  await atomicFile(output, rows(options, totalBytes, counted));
  return { type: 'classified', lines: counted.lines, output };
}

/** The bytes of the output. The header comes before the model is loaded, so that a disk that cannot be written to is found out first. */
async function* rows(
  { model, input, device, signal, onStage = () => {} }: ClassifyFileOptions,
  totalBytes: number | null,
  counted: { lines: number },
): AsyncGenerator<Uint8Array> {
  yield Buffer.from(CLASSIFIED_HEADER);
  onStage({ phase: 'loading', done: 0, total: null, unit: 'steps' });
  const classifier = await Classifier.load(model, device === undefined ? {} : { device });
  try {
    let readBytes = 0;
    const stage = (done: number) => onStage({ phase: 'classifying', done, total: totalBytes, unit: 'bytes' });
    const lines = readTextLines(input, LINE_LIMIT_BYTES, (bytes) => {
      readBytes = bytes;
    });
    stage(0);
    for await (const texts of windows(lines)) {
      signal.throwIfAborted();
      yield Buffer.from(await classified(texts, classifier, signal));
      counted.lines += texts.length;
      stage(readBytes);
    }
  } finally {
    await classifier.dispose();
  }
}

/** The rows of a stretch of lines, in their order. */
async function classified(texts: readonly string[], classifier: Classifier, signal: AbortSignal): Promise<string> {
  const isBlank = (text: string) => text.trim() === '';
  const answers = await classifier.classify(
    texts.filter((text) => !isBlank(text)),
    signal,
  );
  let next = 0;
  const row = (text: string) => classifiedRow(text, isBlank(text) ? null : (answers[next++] ?? null));
  return texts.map(row).join('');
}

async function* windows(lines: AsyncIterable<TextLine>): AsyncGenerator<string[]> {
  let texts: string[] = [];
  let units = 0;
  for await (const { text } of lines) {
    texts.push(text);
    units += text.length;
    if (texts.length < WINDOW_LINES && units < WINDOW_UNITS) continue;
    yield texts;
    texts = [];
    units = 0;
  }
  if (texts.length > 0) yield texts;
}

/** The size of the input, or null when it is a pipe. */
async function inputBytes(input: string): Promise<number | null> {
  const found = await stat(input).catch((error: unknown) => {
    throw readError(error, input);
  });
  return found.isFile() ? found.size : null;
}
