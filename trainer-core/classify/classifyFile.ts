/** Classifies a text file of any size, line by line, into a TSV; memory does not grow with the file. */
import { stat } from 'node:fs/promises';
import { addAbortSignal, type Readable } from 'node:stream';
import { atomicFile, recoverFolder } from '../checkpoint/atomicWrite.js';
import { checkOutput } from '../checkpoint/outputFile.js';
import { readError } from '../corpus/readError.js';
import { decodeLines, LINE_LIMIT_BYTES, readTextLines, type TextLine } from '../corpus/textLines.js';
import type { AnswerOptions } from '../protocol/classification.js';
import { classifiedHeader, classifiedRow } from '../protocol/classifiedTsv.js';
import type { FileClassified, OnStage } from '../protocol/jobs.js';
import { Classifier, type ClassifierOptions } from './classifier.js';
import { lineInput } from './lineInput.js';

/** Lines are batched by length within stretches of this many: long enough for little padding, short enough to show progress. */
const WINDOW_LINES = 256;
/** A stretch ends before, once it has this many UTF-16 units of text. */
const WINDOW_UNITS = 1024 * 1024;

/** A stream in place of a file, and what messages call it. */
export interface NamedStream<S> {
  name: string;
  stream: S;
}

const PLAIN: AnswerOptions = { top: null, threshold: null };

export interface ClassifyFileOptions {
  /** Folder of a fine-tuned model. */
  model: string;
  /** UTF-8 text, plain or `.gz`, one text a line; or a stream of it. */
  input: string | NamedStream<Readable>;
  /** The TSV; a file that is there is replaced once the new one is whole. Or who takes its parts as they are made. */
  output: string | NamedStream<(rows: string) => Promise<void>>;
  /** Default: label, score and text, and no label withheld. */
  answers?: AnswerOptions;
  /** A line is two texts with a tab between; default false. */
  pairs?: boolean;
  classifier?: ClassifierOptions;
  signal: AbortSignal;
  onStage?: OnStage;
}

/**
 * Writes `label`, `score` (0 to 1) and `text`, a header before them, so that line n + 1 belongs to line n of the input: a blank line
 * has no label and no score. Tabs and carriage returns in a text become spaces.
 * Throws `outputIsInput`, what `readTextLines` and `Classifier.load` throw, `diskFull`, `folderNotWritable`, and an AbortError;
 * the output is then as it was before. A stream keeps the rows that were made until then.
 */
export async function classifyFile(options: ClassifyFileOptions): Promise<FileClassified> {
  const { input, output } = options;
  const isFile = typeof input === 'string';
  const totalBytes = isFile ? await inputBytes(input) : null;
  const counted = { lines: 0 };
  const made = rows(options, totalBytes, counted);
  if (typeof output === 'string') {
    await checkOutput(output, isFile ? [input] : []);
    await recoverFolder(output);
    await atomicFile(output, encoded(made));
  } else for await (const part of made) await output.stream(part);
  return { type: 'classified', lines: counted.lines, output: typeof output === 'string' ? output : output.name };
}

async function* encoded(parts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const part of parts) yield Buffer.from(part);
}

/** The output. The header comes before the model is loaded, so that a disk that cannot be written to is found out first. */
async function* rows(
  {
    model,
    input,
    answers = PLAIN,
    pairs = false,
    classifier: options,
    signal,
    onStage = () => {},
  }: ClassifyFileOptions,
  totalBytes: number | null,
  counted: { lines: number },
): AsyncGenerator<string> {
  yield classifiedHeader(answers);
  onStage({ phase: 'loading', done: 0, total: null, unit: 'steps' });
  const classifier = await Classifier.load(model, options, { signal, onStage });
  try {
    let readBytes = 0;
    const stage = (done: number) => onStage({ phase: 'classifying', done, total: totalBytes, unit: 'bytes' });
    const onRead = (bytes: number) => {
      readBytes = bytes;
    };
    const lines =
      typeof input === 'string'
        ? readTextLines(input, LINE_LIMIT_BYTES, onRead)
        : decodeLines(addAbortSignal(signal, input.stream), input.name, LINE_LIMIT_BYTES, onRead);
    stage(0);
    for await (const texts of windows(lines)) {
      signal.throwIfAborted();
      yield await classified(texts, pairs, classifier, answers, signal);
      counted.lines += texts.length;
      stage(readBytes);
    }
  } finally {
    await classifier.dispose();
  }
}

/** The rows of a stretch of lines, in their order. */
async function classified(
  texts: readonly string[],
  pairs: boolean,
  classifier: Classifier,
  options: AnswerOptions,
  signal: AbortSignal,
): Promise<string> {
  const isBlank = (text: string) => text.trim() === '';
  const answers = await classifier.classify(
    texts.filter((text) => !isBlank(text)).map((text) => lineInput(text, pairs)),
    signal,
  );
  let next = 0;
  const row = (text: string) => classifiedRow(text, isBlank(text) ? null : (answers[next++] ?? null), options);
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
