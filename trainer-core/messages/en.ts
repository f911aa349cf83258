/** The words of every error in English. */

import type {
  ConfigType,
  CorpusFileFault,
  ErrorData,
  ImpossibleConfig,
  JsonFault,
  UnsupportedInput,
  UsageProblem,
} from '../protocol/errors.js';
import { readAndDropped } from './corpusWords.js';
import { at, type Messages, shape, size, some, type Words } from './words.js';

const TYPES: Record<ConfigType, string> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object {…}',
  null: 'null',
};

const IMPOSSIBLE: Record<ImpossibleConfig, (keys: string) => Words> = {
  'no-loss': (keys) => ({
    message: `the weight of every loss is 0 (${keys}), so there is nothing to learn.`,
    action: 'Give at least one of them a weight above 0; the published recipe has alphaCe 5, alphaMlm 2, alphaCos 1.',
  }),
  'mlm-and-clm': (keys) => ({
    message: `${keys} cannot both have a weight: one hides pieces, the other predicts the next piece.`,
    action: 'Set one of them to 0. For BERT that is alphaClm.',
  }),
  'heads-do-not-divide-hidden': (keys) => ({
    message: `the number of attention heads does not divide the hidden size (${keys}).`,
    action: 'Change one of them; usual are 64 hidden units a head.',
  }),
  'layers-not-in-teacher': (keys) => ({
    message: `the teacher does not have the layers asked for, or not as many as the student needs (${keys}).`,
    action: 'List one existing teacher layer (counted from 0) for each student layer, or leave the setting out.',
  }),
  'sizes-differ': (keys) => ({
    message: `a student cannot start from the layers of a teacher with another hidden size, inner width, number of heads or fewer positions (${keys}).`,
    action: 'Set studentInit to "random", or give the student the sizes of the teacher.',
  }),
  'attention-heads-differ': (keys) => ({
    message: `attention scores are compared head by head, but the student does not have as many heads as the teacher (${keys}).`,
    action: 'Give the student as many heads; or set alphaAttention to 0 and alphaRelation above 0, which compares any.',
  }),
  'relation-heads-do-not-divide': (keys) => ({
    message: `the relation heads do not divide the hidden sizes of both models (${keys}).`,
    action: 'Set relationHeads to a number that divides both, such as the heads of the student.',
  }),
  'no-token-types': (keys) => ({
    message: `the student has no token type embeddings that could be left as they are (${keys}).`,
    action: 'Leave freezeTokenTypeEmbeddings out: a DistilBERT has none, only a BERT has.',
  }),
  'nothing-kept': (keys) => ({
    message: `the least that is kept is more than the most (${keys}), so everything would be dropped.`,
    action: 'Lower the first of them, or raise the second.',
  }),
  'corpus-among-texts': (keys) => ({
    message: `a corpus that is built already cannot be joined with other text (${keys}).`,
    action: 'Give one corpus folder alone; or give only texts, from which one corpus is then built.',
  }),
};

const CORPUS_FAULT = (found: CorpusFileFault): string => {
  if (found.fault === 'missing') return 'it is missing';
  if (found.fault === 'checksum') return 'its checksum is not that of corpus.json';
  return `it has ${found.gotBytes} bytes where corpus.json says ${found.expectedBytes}`;
};

const JSON_EXPECTED: Record<Extract<JsonFault, { problem: 'unexpected' }>['expected'], string> = {
  key: 'a key in double quotes',
  colon: 'a colon',
  value: 'a value',
  'next-key': 'a comma or }',
  'next-element': 'a comma or ]',
  end: 'the end of the file',
};

function jsonFault(fault: JsonFault): string {
  if (fault.problem === 'duplicate-key') return `"${fault.key}" is given twice`;
  if (fault.problem === 'too-deep') return `it is nested more than ${fault.limit} deep`;
  return `expected ${JSON_EXPECTED[fault.expected]}, but got ${fault.got ?? 'the end of the file'}`;
}

function range({ atLeast, moreThan, atMost, lessThan }: ErrorData['configOutOfRange']): string {
  const parts = [
    atLeast === null ? [] : [`at least ${atLeast}`],
    moreThan === null ? [] : [`more than ${moreThan}`],
    atMost === null ? [] : [`at most ${atMost}`],
    lessThan === null ? [] : [`less than ${lessThan}`],
  ];
  return parts.flat().join(' and ');
}

function usage(data: UsageProblem): Words {
  const help = 'command' in data ? `Run "distilbert-studio ${data.command} --help" for its options.` : '';
  switch (data.problem) {
    case 'no-command':
      return { message: 'No command was given.', action: `Commands: ${data.known.join(', ')}.` };
    case 'unknown-command':
      return {
        message: `There is no command "${data.command}".`,
        action: data.nearest ? `Did you mean "${data.nearest}"?` : `Commands: ${data.known.join(', ')}.`,
      };
    case 'unknown-option':
      return {
        message: `"${data.command}" has no option ${data.option}.`,
        action: data.nearest ? `Did you mean ${data.nearest}?` : help,
      };
    case 'option-needs-value':
      return { message: `${data.option} needs a value.`, action: help };
    case 'option-takes-no-value':
      return { message: `${data.option} takes no value.`, action: `Give ${data.option} alone, or leave it out.` };
    case 'option-missing':
      return { message: `${data.option} is missing.`, action: help };
    case 'option-not-a-number':
      return { message: `${data.option} needs a number, but got "${data.got}".`, action: help };
    case 'unexpected-argument':
      return { message: `"${data.command}" does not know what to do with "${data.argument}".`, action: help };
  }
}

const FETCH_AGAIN = 'The file is damaged or was not copied whole: fetch it again.';

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

/** English. */
export const en: Messages = {
  fileNotFound: ({ file }) => ({ message: `There is no file ${file}.`, action: 'Check the path.' }),
  fileUnreadable: ({ file, reason }) => ({
    message: `${file} cannot be read (${reason}).`,
    action: 'Check that it is a file, whole, and that you may read it.',
  }),
  folderNotWritable: ({ folder, reason }) => ({
    message: `Nothing can be written in ${folder} (${reason}).`,
    action: 'Choose another folder, or change its permissions.',
  }),
  diskFull: ({ file, neededBytes }) => ({
    message: `The disk is full: ${file} could not be written${neededBytes === null ? '' : ` (${size(neededBytes)})`}.`,
    action: 'Free some space and try again or go on with the run; what was saved before is untouched.',
  }),
  invalidUtf8: (data) => ({ message: `${at(data)}: this line is not UTF-8.`, action: 'Save the text as UTF-8.' }),
  fileEmpty: ({ file }) => ({ message: `${file} is empty.`, action: 'Give a file that holds text.' }),
  lineTooLong: (data) => ({
    message: `${at(data)}: this line is longer than ${size(data.limitBytes)}.`,
    action: 'Break the text into lines: one sentence or paragraph a line.',
  }),
  outputIsInput: ({ file }) => ({
    message: `${file} is the file to read and the file to write at once.`,
    action: 'Give the output another name.',
  }),

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

  modelFolderNotFound: ({ folder }) => ({
    message: `There is no model folder ${folder}.`,
    action:
      'Give the path of a Hugging Face model folder (config.json, weights, vocab.txt). A model of the hub becomes one by import --from ORGANISATION/NAME --out DIR.',
  }),
  modelHasNoConfig: ({ folder }) => ({
    message: `${folder} has no config.json.`,
    action: 'Give a Hugging Face model folder; config.json comes with the model.',
  }),
  modelHasNoWeights: ({ folder }) => ({
    message: `${folder} has no weights: neither model.safetensors nor pytorch_model.bin.`,
    action: 'Fetch the weights into that folder; a git clone without LFS leaves them out.',
  }),
  modelTypeUnsupported: ({ file, got, expected }) => ({
    message: `${file}: the model type is "${got}", expected ${expected.join(' or ')}.`,
    action: 'Use a BERT or DistilBERT model.',
  }),
  modelConfigInvalid: ({ file, key, expected, got }) => ({
    message: `${file}: "${key}" should be ${expected}, but is ${got}.`,
    action: "Compare the file with the model's original config.json.",
  }),
  modelNotClassifier: ({ folder }) => ({
    message: `${folder} is not a classifier: it has no classification head with labels.`,
    action: 'Fine-tune it first (distilbert-studio finetune), or give a fine-tuned folder.',
  }),
  modelNotMaskedLm: ({ folder }) => ({
    message: `${folder} has no masked-language-model head.`,
    action: 'Give a model that was pre-trained, not one that was fine-tuned for classification.',
  }),
  safetensorsTruncated: ({ file, expectedBytes, gotBytes }) => ({
    message: `${file} is cut off: it should have ${expectedBytes} bytes, but has ${gotBytes}.`,
    action: FETCH_AGAIN,
  }),
  safetensorsHeaderInvalid: ({ file, reason }) => ({
    message: `${file} has an invalid safetensors header: ${reason}.`,
    action: FETCH_AGAIN,
  }),
  modelHasNoVocabulary: ({ folder }) => ({
    message: `${folder} has no vocab.txt.`,
    action: 'Use a BERT or DistilBERT with a WordPiece vocabulary; vocab.txt comes with such a model.',
  }),
  tokenizerUnsupported: ({ file, key, expected, got }) => ({
    message: `${file}: the tokenizer is another one: ${key} should be ${expected}, but is ${got}.`,
    action:
      'Use a model that cuts Japanese with MeCab, ipadic and WordPiece, such as tohoku-nlp/bert-base-japanese-whole-word-masking.',
  }),
  folderNotEmpty: ({ folder }) => ({
    message: `${folder} already holds something.`,
    action: 'Give a folder that is empty or not there yet.',
  }),
  tensorDtypeUnsupported: ({ file, tensor, dtype }) => ({
    message: `${file}: tensor ${tensor} has the type ${dtype}, which cannot be read as weights.`,
    action: 'Use a model saved as F32, F16 or BF16, not a quantised one.',
  }),
  tensorsMissing: ({ file, tensors }) => ({
    message: `${file} lacks ${tensors.length} tensor(s): ${some(tensors, 5)}.`,
    action: 'The weights are of another model than config.json says, or incomplete: fetch both again.',
  }),
  tensorsMisshapen: ({ file, tensors }) => ({
    message: `${file}: wrong shapes: ${some(
      tensors.map(({ name, expected, got }) => `${name} is ${shape(got)}, expected ${shape(expected)}`),
      3,
    )}.`,
    action: 'The weights are of another model than config.json says: fetch both again.',
  }),
  pickleForbidden: ({ file, symbol }) => ({
    message: `${file} wants to call ${symbol}, which no weights need. Nothing of it was run.`,
    action: 'Do not trust this file. Use the model as model.safetensors, from a source you know.',
  }),
  pickleInvalid: ({ file, reason }) => ({
    message: `${file} is not a file of PyTorch weights: ${reason}.`,
    action: FETCH_AGAIN,
  }),
  vocabularySizeMismatch: ({ file, expected, got }) => ({
    message: `${file} has ${got} pieces, but the model's vocab_size is ${expected}.`,
    action: 'Use the vocab.txt that came with this model.',
  }),
  vocabularyInvalid: (data) => ({
    message: `${at(data)}: the vocabulary is not valid: ${data.reason}.`,
    action: 'A vocab.txt has one piece a line, each once, with [PAD] [UNK] [CLS] [SEP] [MASK] among them.',
  }),
  dictionaryNotFound: ({ file }) => ({
    message: `The Japanese dictionary ${file} is not there.`,
    action: 'Make it with "npm run build".',
  }),
  dictionaryInvalid: ({ file, reason }) => ({
    message: `The Japanese dictionary ${file} cannot be used: ${reason}.`,
    action: 'Delete it and make it anew with "npm run build".',
  }),
  checkpointDamaged: ({ folder, reason }) => ({
    message: `The checkpoint ${folder} is damaged: ${reason}.`,
    action: 'Go on from an older checkpoint, or start afresh with --fresh.',
  }),

  modelIdInvalid: ({ id }) => ({
    message: `"${id}" is neither a folder nor a model id of the Hugging Face hub.`,
    action: 'Give the path of a model folder, or an id such as tohoku-nlp/bert-base-japanese-whole-word-masking.',
  }),
  hubModelNotFound: ({ id, revision, host }) => ({
    message: `${host} has no model "${id}" with the revision "${revision}".`,
    action: 'Check the spelling: an id is ORGANISATION/NAME as in the address of its page.',
  }),
  hubAccessDenied: ({ id, host, withToken }) => ({
    message: `${host} gives no access to "${id}": it is private, has terms to be accepted, or does not exist.`,
    action: withToken
      ? "Check the spelling, the token in HF_TOKEN, and on the model's page whether there are terms to be accepted."
      : 'Check the spelling. For a private model put an access token into the environment variable HF_TOKEN.',
  }),
  hubUnreachable: ({ host, reason }) => ({
    message: `${host} cannot be reached (${reason}).`,
    action:
      'Check the network, and HTTPS_PROXY where there is a proxy; HF_ENDPOINT can name a mirror. To import without a network, set HF_HUB_OFFLINE=1 for what the cache has, or fetch the model elsewhere and import its folder.',
  }),
  hubFailed: ({ url, status }) => ({
    message: `${url} answered with the error ${status}.`,
    action: 'Try again later: what has come through is not transferred again.',
  }),
  downloadIncomplete: ({ url, expectedBytes, gotBytes }) => ({
    message: `${url} broke off again and again: ${gotBytes} bytes came${expectedBytes === null ? '' : ` of ${expectedBytes}`}.`,
    action: 'Try again: it goes on with what has come. Or fetch the model elsewhere and import its folder.',
  }),
  downloadDamaged: ({ url, what, expected, got }) => ({
    message: `${url} came damaged: its ${what === 'hash' ? 'checksum' : 'size in bytes'} is ${got}, but should be ${expected}.`,
    action: 'Try again; when it happens again, something between you and the hub changes the files.',
  }),
  hubAnswerInvalid: ({ host }) => ({
    message: `What ${host} answers is not what a Hugging Face hub answers.`,
    action: 'Check HF_ENDPOINT, and whether the network wants a login first (open any page in a browser).',
  }),
  hubNotCached: ({ id, revision, cacheFolder }) => ({
    message: `"${id}" (${revision}) is not whole in the cache ${cacheFolder}, and HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE forbids fetching it.`,
    action: 'Import it once without that variable, or set HF_HOME or HF_HUB_CACHE to the cache that has it.',
  }),
  hubCacheDamaged: ({ file }) => ({
    message: `${file} in the cache is damaged: its contents do not have the checksum that is its name.`,
    action: 'Import the model again without HF_HUB_OFFLINE: what is damaged is then fetched anew.',
  }),
  repositoryIdInvalid: ({ id }) => ({
    message: `"${id}" cannot be the name of a repository on the Hugging Face hub.`,
    action: 'Give ORGANISATION/NAME, or NAME alone for a repository of your own, of letters, digits, ".", "-" and "_".',
  }),
  hubTokenMissing: ({ host }) => ({
    message: `An upload to ${host} needs an access token.`,
    action: `Make one with the right to write at ${host}/settings/tokens, and put it into the environment variable HF_TOKEN.`,
  }),
  hubTokenRefused: ({ host }) => ({
    message: `${host} does not know the access token: it is mistyped, has expired or was withdrawn.`,
    action: `Make a new one with the right to write at ${host}/settings/tokens, and give that.`,
  }),
  hubTokenReadOnly: ({ host }) => ({
    message: `The access token for ${host} may only read.`,
    action: `Make one with the right to write at ${host}/settings/tokens, and give that.`,
  }),
  hubWriteDenied: ({ id, host }) => ({
    message: `${host} lets the owner of this token write nothing to "${id}".`,
    action:
      'Name a repository of your own or of an organisation that you may write for, and check what the token may do.',
  }),
  hubModelPublic: ({ id, host }) => ({
    message: `"${id}" was to be private, but is there on ${host} already and public. Nothing was uploaded.`,
    action: 'Name another repository, make this one private on its page first, or upload without --private.',
  }),
  hubOffline: ({ host }) => ({
    message: `HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE forbids asking ${host}.`,
    action: 'Upload without that variable.',
  }),
  proxyUnsupported: ({ proxy }) => ({
    message: `"${proxy}" is no proxy that can be used here.`,
    action: 'Give the address of an HTTP proxy, such as http://proxy.example:8080, in HTTPS_PROXY or HTTP_PROXY.',
  }),

  tsvColumnCount: (data) => ({
    message: `${at(data)}: expected ${data.expected} columns separated by tabs, but got ${data.got}.`,
    action: 'Each line is: text, a tab, label.',
  }),
  tsvUnknownLabel: (data) => ({
    message: `${at(data)}: the label "${data.label}" is not among the known ones.`,
    action: `Known labels: ${some(data.known)}.`,
  }),
  tsvEmptyText: (data) => ({
    message: `${at(data)}: the text is empty.`,
    action: 'Fill in the text or delete the line.',
  }),
  tsvEmptyLabel: (data) => ({
    message: `${at(data)}: the label is empty.`,
    action: 'Fill in the label or delete the line.',
  }),
  tooFewLabels: ({ file, labels }) => ({
    message: `${file} has ${labels.length === 0 ? 'no label' : `only the label ${some(labels)}`}: a classifier needs two.`,
    action: 'Add examples with other labels.',
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
    message: `${file} is damaged: ${CORPUS_FAULT(found)}.`,
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
  runOfOlderVersion: ({ file }) => ({
    message: `${file} is of a run that an older version began, which took each line of the text as a sequence; this version packs sentences unless it is told otherwise.`,
    action:
      'Add "corpusSettings": {"sequences": "lines", "textDocuments": "lines"} to that file and resume, or start anew with --fresh.',
  }),
  archiveInvalid: ({ file, offset, reason }) => ({
    message: `${file} is not a sound tar archive: ${reason === 'truncated' ? 'it is cut off' : 'a checksum is wrong'} at byte ${offset}.`,
    action: FETCH_AGAIN,
  }),
  articleInvalid: ({ file, lines }) => ({
    message: `${file} is not a Livedoor article: it has ${lines} line(s), expected a URL, a date, a title and a body.`,
    action: 'Use the files of the Livedoor News corpus as they are.',
  }),
  articlesMissing: ({ file, articles }) => ({
    message: `${file} lacks ${articles.length} article(s) of the split: ${some(articles, 5)}.`,
    action: 'Use the complete archive that the split was made for.',
  }),

  configInvalidJson: (data) => ({
    message: `${at(data)}: this is not valid JSON: ${jsonFault(data.fault)}.`,
    action: 'Mend that line; often a comma or a quotation mark is missing or too many.',
  }),
  configUnknownKey: (data) => ({
    message: `${at(data)}: there is no setting "${data.key}".`,
    action: data.nearest ? `Did you mean "${data.nearest}"?` : `Settings: ${some(data.known, 100)}.`,
  }),
  configMissingKey: (data) => ({ message: `${at(data)}: "${data.key}" is missing.`, action: `Add "${data.key}".` }),
  configWrongType: (data) => ({
    message: `${at(data)}: ${data.key ? `"${data.key}"` : 'the config'} should be ${data.expected.map((type) => TYPES[type]).join(' or ')}, but is ${data.got}.`,
    action: 'Change the value.',
  }),
  configOutOfRange: (data) => ({
    message: `${at(data)}: "${data.key}" should be ${range(data)}, but is ${data.got}.`,
    action: 'Change the value.',
  }),
  configNotAllowed: (data) => ({
    message: `${at(data)}: "${data.key}" should be ${data.allowed.map((value) => `"${value}"`).join(' or ')}, but is ${data.got}.`,
    action: 'Choose one of these.',
  }),
  configListLength: (data) => ({
    message: `${at(data)}: "${data.key}" should be one number or a list of ${data.expected}, but is ${data.got}.`,
    action: 'Give one number; or a list of two, for the first step and the last.',
  }),
  configEmpty: (data) => ({ message: `${at(data)}: "${data.key}" is empty.`, action: 'Give it a value.' }),
  configMaskProportions: (data) => ({
    message: `${at(data)}: wordMask, wordKeep and wordRand should sum to 1, but sum to ${Number(data.sum.toFixed(6))}.`,
    action: 'Change one of them; usual are 0.8, 0.1 and 0.1.',
  }),
  configImpossible: (data) => {
    const words = IMPOSSIBLE[data.reason](data.keys.join(', '));
    return { ...words, message: `${at(data)}: ${words.message}` };
  },
  vocabulariesDiffer: ({ teacher, student, teacherSize, studentSize }) => ({
    message:
      teacherSize === studentSize
        ? `Teacher (${teacher}) and student (${student}) have different vocabularies.`
        : `The teacher (${teacher}) has ${teacherSize} pieces, the student (${student}) ${studentSize}.`,
    action: "Distillation needs one vocabulary: use a student made from this teacher, with the teacher's vocab.txt.",
  }),
  sequenceLongerThanPositions: ({ requested, positions }) => ({
    message: `maxSeqLength is ${requested}, but the model reads at most ${positions} pieces.`,
    action: `Set maxSeqLength to ${positions} or less.`,
  }),

  deviceUnavailable: ({ device, available }) => ({
    message: `The device "${device}" is not available here.`,
    action: `Use one of: ${available.join(', ')}; or "auto".`,
  }),
  precisionUnavailable: ({ precision, device, available }) => ({
    message: `The device "${device}" does not compute in ${precision}.`,
    action: `Set precision to "auto" or ${available.map((each) => `"${each}"`).join(' or ')}.`,
  }),
  lossNotFinite: ({ globalStep, checkpoint }) => ({
    message: `At step ${globalStep} the loss or a weight is no longer a number; training has stopped.`,
    action: `${checkpoint === null ? 'No checkpoint was saved before.' : `The last good checkpoint is ${checkpoint}.`} Try a lower learningRate or a longer warm-up.`,
  }),
  runFolderNotEmpty: ({ folder }) => ({
    message: `${folder} already holds something.`,
    action: 'Add --resume to go on with that run, or --fresh to replace it, or give another folder.',
  }),
  runNotFound: ({ folder }) => ({
    message: `${folder} holds no run to go on with.`,
    action: 'Check the folder, or leave out --resume to start a run.',
  }),
  runBusy: ({ folder, pid }) => ({
    message: `Another process${pid === null ? '' : ` (${pid})`} is working on the run in ${folder}.`,
    action: 'Stop it first, or wait for its end, or give another folder.',
  }),
  engineFailed: ({ reason }) => ({
    message: `The computing engine failed: ${reason}.`,
    action: 'Try a smaller batchSize, or --device cpu.',
  }),

  usage,
};
