/** The words of the errors of corpora and of what they are made from, in English. */

import type { CorpusFileFault, UnsupportedInput } from '../protocol/errors.js';
import { readAndDropped } from './corpusWords.js';
import { at, type Messages, size, some, type Words } from './words.js';

/** What to do about a damaged file. */
export const FETCH_AGAIN = 'The file is damaged or was not copied whole: fetch it again.';

const UNSUPPORTED: Record<UnsupportedInput, Words> = {
  pickle: {
    message:
      'is a pickle, as binarized_data.py and token_counts.py write them: a program for Python and not a format, and the ids in it do not say which tokenizer made them.',
    action: 'Give the text that it was made from.',
  },
  arrow: {
    message: 'is an Arrow file of the datasets library, which only that library reads.',
    action: 'Save the data set with to_parquet or to_json, and give that file.',
  },
  archive: { message: 'is an archive.', action: 'Unpack it, and give its folder.' },
  sqlDump: {
    message: 'is a table of the wiki, without the text of its pages.',
    action: 'Give the dump of the pages: …-pages-articles.xml.bz2.',
  },
  multistreamIndex: {
    message: 'is the index of a dump, not the dump.',
    action: 'Give the dump that lies beside it: …-pages-articles-multistream.xml.bz2. It needs no index.',
  },
  jsonDocument: {
    message: 'is not JSON with one object a line.',
    action: 'Write each document as one JSON object on a line of its own, such as {"text": "…"}.',
  },
};

function corpusFault(found: CorpusFileFault): string {
  if (found.fault === 'missing') return 'it is missing';
  if (found.fault === 'checksum') return 'its checksum is not that of corpus.json';
  return `it has ${found.gotBytes} bytes where corpus.json says ${found.expectedBytes}`;
}

/** English; a part of `en`. */
export const corpusEn = {
  inputsMissing: ({ folder }) => ({
    message: `${folder} holds no text to make a corpus from.`,
    action:
      'Give a MediaWiki dump (.xml, .xml.bz2, .xml.gz, .xml.zst), text (.txt), JSON with one object a line (.jsonl, .ndjson, .json), the output of WikiExtractor, Parquet (.parquet), or a folder of them.',
  }),
  inputUnsupported: ({ file, kind }) => ({
    message: `${file} ${UNSUPPORTED[kind].message}`,
    action: UNSUPPORTED[kind].action,
  }),
  zstdUnavailable: ({ file }) => ({
    message: `${file} is packed with Zstandard, which neither this Node.js nor a program "zstd" can unpack here.`,
    action: 'Install zstd, or use Node.js 22.15 or newer, or unpack the file first ("zstd -d").',
  }),
  inputDamaged: ({ file, offsetBytes }) => ({
    message: `${file} is damaged from byte ${offsetBytes} on, so that no whole document can be read.`,
    action: FETCH_AGAIN,
  }),
  packedFileDamaged: ({ file, offsetBytes }) => ({
    message: `${file} is damaged somewhere before byte ${offsetBytes}, and cannot be unpacked from there on.`,
    action: FETCH_AGAIN,
  }),
  dumpNotMediaWiki: ({ file, found }) => ({
    message: `${file} is not a MediaWiki export: it begins with "${found}" where <mediawiki …> should stand.`,
    action: 'Give a dump of the pages as a wiki exports it: …-pages-articles.xml.bz2.',
  }),
  dumpOtherLanguage: ({ file, language }) => ({
    message: `${file} is a dump of a wiki in another language: "${language}", expected "ja".`,
    action: 'Give the dump of a Japanese wiki (jawiki-…), or take this one all the same: anyLanguage (--any-language).',
  }),
  dumpEmpty: ({ file }) => ({
    message: `${file} is a MediaWiki export without a page.`,
    action: 'Give a dump of the pages: …-pages-articles.xml.bz2.',
  }),
  pageTooLong: ({ file, offsetBytes, limitBytes }) => ({
    message: `${file}: the page at byte ${offsetBytes} of the unpacked file does not end within ${size(limitBytes)}.`,
    action: FETCH_AGAIN,
  }),
  pageInvalidUtf8: ({ file, title, offsetBytes }) => ({
    message: `${file}: the page "${title}", at byte ${offsetBytes} of the unpacked XML, is not UTF-8.`,
    action: FETCH_AGAIN,
  }),
  jsonLineInvalid: (data) => ({
    message: `${at(data)}, column ${data.column}: this is not a JSON object.`,
    action: 'Each line is one JSON object, such as {"text": "…"}.',
  }),
  fieldMissing: ({ file, line, field, known }) => ({
    message: `${line === null ? file : at({ file, line })}: there is no ${line === null ? 'column' : 'field'} "${field}"; there are: ${some(known, 20)}.`,
    action: 'Name the one with the text: textField (--text-field NAME).',
  }),
  fieldNotText: (data) => ({
    message: `${at(data)}: the field "${data.field}" is ${data.got}, expected text.`,
    action: 'Name the field with the text: textField (--text-field NAME).',
  }),
  parquetInvalid: ({ file, reason }) => ({
    message: `${file} is not a sound Parquet file (${reason}).`,
    action: FETCH_AGAIN,
  }),
  columnNotText: ({ file, column, got }) => ({
    message: `${file}: the column "${column}" holds ${got}, expected text.`,
    action: 'Name the column with the text: textField (--text-field NAME).',
  }),
  rowInvalidUtf8: ({ file, row, column }) => ({
    message: `${file}, row ${row}: the text in the column "${column}" is not UTF-8.`,
    action: 'Mend the row, or save the text as UTF-8.',
  }),

  corpusTooSmall: ({ file, sequences, why }) => ({
    message: `${file} gives ${sequences === 0 ? 'no sequence' : `only ${sequences} sequence(s), too few`} to train on${why ? `: ${readAndDropped(why, 'en')}` : ''}.`,
    action: why
      ? 'Check that these are the right files, and the settings by which so much is dropped; or add text.'
      : 'Add text: one sentence or paragraph a line, each longer than 11 pieces.',
  }),
  corpusFolderTaken: ({ folder, holds }) => ({
    message: `${folder} holds other files (${some(holds, 5)}), and a corpus needs a folder of its own.`,
    action: 'Choose another folder with --out, or delete what is in this one.',
  }),
  corpusBuildDiffers: ({ folder, isFinished, differences }) => ({
    message: `${folder} holds ${isFinished ? 'a corpus' : 'an unfinished build'} other than the one asked for: ${some(
      differences.map(({ key, there, asked }) => `${key} is ${there ?? 'absent'} there and ${asked ?? 'absent'} here`),
      6,
    )}.`,
    action: 'Choose another folder with --out, or delete this one to build it anew.',
  }),
  corpusBusy: ({ folder, pid }) => ({
    message: `Process ${pid} is already building a corpus in ${folder}.`,
    action: `Wait until it ends, or choose another folder with --out. If that process is another program, delete building.pid in the folder.`,
  }),
  workerStopped: ({ input, reason }) => ({
    message: `A worker thread stopped${input === null ? '' : ` while it read ${input}`}: ${reason}.`,
    action: 'Run it again, it goes on from where it was; with fewer --workers if memory ran out.',
  }),
  corpusTokenizerDiffers: ({ folder, corpusTokenizer, vocabFile, modelTokenizer }) => ({
    message: `The corpus ${folder} was made with another tokenizer than that of ${vocabFile}: its tokenizer has the hash ${corpusTokenizer}, the model's ${modelTokenizer}.`,
    action: 'Build the corpus again with this model, or use the model that it was built with.',
  }),
  corpusNotFound: ({ folder }) => ({
    message: `${folder} is not a finished corpus: it has no corpus.json.`,
    action:
      'Give the folder that a corpus was built in. If its build was interrupted, run the same build again: it goes on.',
  }),
  corpusSequenceOutOfRange: ({ folder, sequence, sequences }) => ({
    message: `${folder} has no sequence ${sequence}: it has ${sequences}, counted from 0.`,
    action: sequences === 0 ? 'Build the corpus from more text.' : `Give a number from 0 to ${sequences - 1}.`,
  }),
  corpusVersionUnsupported: ({ file, expected, got }) => ({
    message: `${file} is of version ${got}; this program reads version ${expected}.`,
    action: 'Build the corpus again with this program, or use the program that built it.',
  }),
  corpusInvalid: ({ file, key }) => ({
    message: `${file} does not describe a corpus: ${key === '' ? 'it is no JSON object' : `"${key}" is not as it should be`}.`,
    action: 'Copy the whole folder again, or build the corpus again.',
  }),
  corpusFileDamaged: ({ file, ...found }) => ({
    message: `${file} is damaged: ${corpusFault(found)}.`,
    action: 'Copy the whole folder of the corpus again, or build the corpus again into a new folder.',
  }),
  corpusLongerThanLimit: ({ folder, longest, maxSeqLength }) => ({
    message: `The corpus ${folder} has sequences of ${longest} pieces, but maxSeqLength is ${maxSeqLength}.`,
    action: `Set maxSeqLength to ${longest} or more, or build a corpus with --max-seq-length ${maxSeqLength}.`,
  }),
  corpusChanged: ({ run, began, now }) => ({
    message:
      began === now
        ? `The corpus ${now} has changed since the run ${run} began, so the run cannot go on exactly.`
        : `The run ${run} began with the corpus ${began}; its config now leads to another one, ${now}: the text, the settings of the corpus or the tokenizer have changed.`,
    action: 'Put back what was changed and resume, or start anew with --fresh.',
  }),
} satisfies Partial<Messages>;
