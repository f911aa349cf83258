/** `corpus extract`: the text of dumps and other input, a JSON object a document. */

import * as z from 'zod';
import { atomicFile, recoverFolder } from '../checkpoint/atomicWrite.js';
import { checkOutput } from '../checkpoint/outputFile.js';
import { documentsOf } from '../documents/documentsOf.js';
import { findInputs } from '../documents/findInputs.js';
import type { InputFile, InputOptions } from '../documents/inputs.js';
import { readChunks } from '../documents/readChunks.js';
import { unpackerOf } from '../documents/unpack.js';
import { CORPUS_WORDS } from '../messages/corpusWords.js';
import { corpusFields } from '../protocol/corpusSettings.js';
import type { OnStage, TextExtracted } from '../protocol/jobs.js';
import { defineCommand } from './command.js';
import { loadConfig } from './configOptions.js';
import { INPUT_OPTION, warnOf } from './corpusInput.js';
import { showJob } from './jobProgress.js';
import { writeText } from './lines.js';
import { grouped } from './numbers.js';

const { textDocuments, textField, lists, headings, disambiguations, anyLanguage } = corpusFields;
const wanted = z.strictObject({ textDocuments, textField, lists, headings, disambiguations, anyLanguage });

/** Writes `{id, title, text}` for each document with text, in the order of the input; its paragraphs are lines of `text`. */
export const corpusExtract = defineCommand({
  usage: '--input PATH --out FILE|-',
  options: {
    input: INPUT_OPTION,
    out: {
      type: 'string',
      value: 'FILE',
      required: true,
      meaning: 'JSONL to write: id, title and text of each document. "-" is standard output.',
    },
  },
  config: wanted,
  async run(context, { input, out }, given) {
    const { stdout, signal, json, language } = context;
    const options = await loadConfig(wanted, undefined, given, 'corpus extract');
    const files = await findInputs(input);
    const said: TextExtracted = { type: 'extracted', documents: 0, output: out, faults: [] };
    if (out === '-') {
      for await (const text of texts(files, options, signal, said)) await writeText(stdout, text, signal);
    } else {
      await showJob(
        context,
        (onStage) => writeTexts(files, options, signal, said, onStage),
        ({ documents }) => CORPUS_WORDS[language].extracted(grouped(documents), out),
      );
    }
    if (!json || out === '-') warnOf(said.faults, context);
    return true;
  },
});

/** Writes the file whole or not at all. */
async function writeTexts(
  files: readonly InputFile[],
  options: InputOptions,
  signal: AbortSignal,
  said: TextExtracted,
  onStage: OnStage,
): Promise<TextExtracted> {
  const { output } = said;
  await checkOutput(
    output,
    files.map(({ file }) => file),
  );
  await recoverFolder(output);
  async function* bytes() {
    for await (const text of texts(files, options, signal, said, onStage)) yield Buffer.from(text);
  }
  await atomicFile(output, bytes());
  return said;
}

/** The lines of a chunk of the input at a time; counts them and notes damage in `said`. */
async function* texts(
  files: readonly InputFile[],
  options: InputOptions,
  signal: AbortSignal,
  said: TextExtracted,
  onStage: OnStage = () => {},
): AsyncGenerator<string> {
  const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  for await (const chunk of readChunks(files, options, null, signal)) {
    const { documents } = await documentsOf(chunk, options);
    said.documents += documents.length;
    said.faults.push(...chunk.faults);
    yield documents
      .map(({ id, title, lines }) => `${JSON.stringify({ id, title, text: lines.join('\n') })}\n`)
      .join('');
    const unpackedBy = unpackerOf(chunk.file);
    onStage({
      phase: 'extracting',
      done: chunk.readBytes,
      total,
      unit: 'bytes',
      documents: said.documents,
      unpackedBy,
    });
  }
}
