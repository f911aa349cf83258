/** The words of every error in English. */

import type {
  ConfigType,
  ErrorData,
  ImpossibleConfig,
  JsonFault,
  TeacherCacheFault,
  UsageProblem,
} from '../protocol/errors.js';
import type { Objective } from '../protocol/events.js';
import { corpusEn, FETCH_AGAIN } from './corpusEn.js';
import { faultWords } from './deviceWords.js';
import { exportEn } from './exportEn.js';
import { labelledEn } from './labelledEn.js';
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
  'grid-or-random': (keys) => ({
    message: `a sweep has either a grid or random settings (${keys}).`,
    action: 'Give one of them: grid tries every combination, random draws as many as trials says.',
  }),
  'empty-range': (keys) => ({
    message: `there is nothing to draw from (${keys}).`,
    action: 'Let from be at most to, and above 0 for the scale log.',
  }),
  'nothing-kept': (keys) => ({
    message: `the least that is kept is more than the most (${keys}), so everything would be dropped.`,
    action: 'Lower the first of them, or raise the second.',
  }),
  'numbers-have-no-classes': (keys) => ({
    message: `what is learned here is a number, and ${keys} is about the probabilities of classes.`,
    action: 'Leave it out.',
  }),
  'not-one-class': (keys) => ({
    message: `what is learned here is not one class a text, which alone ${keys} is for.`,
    action: 'Leave it out, or give each text one class.',
  }),
  'cache-holds-predictions-only': (keys) => ({
    message: `the teacher cache holds the most probable pieces only, but these losses read more of the teacher (${keys}).`,
    action:
      'Set these weights to 0: alphaCe and alphaMlm remain with a cache. Or set teacherTopK to null, so that the teacher runs at every step.',
  }),
  'cache-without-ce': (keys) => ({
    message: `the teacher cache is there for the CE loss, which has no weight (${keys}).`,
    action: 'Give alphaCe a weight above 0, or set teacherTopK to null.',
  }),
  'cache-of-next-pieces': (keys) => ({
    message: `predicting the next piece reads the padding, which is another in every batch, so nothing of it can be kept (${keys}).`,
    action: 'Set alphaClm to 0 (alphaMlm hides pieces instead), or set teacherTopK to null.',
  }),
  'cache-has-one-temperature': (keys) => ({
    message: `the teacher cache is made for one temperature, but here it moves (${keys}).`,
    action: 'Give one number for temperature, or set teacherTopK to null.',
  }),
  'top-k-over-vocabulary': (keys) => ({
    message: `more pieces are to be kept than the teacher's vocabulary has (${keys}).`,
    action: 'Set teacherTopK to a smaller number; 64 is usual.',
  }),
  'windows-do-not-advance': (keys) => ({
    message: `a window shares all of its pieces with the one before (${keys}): of a sequence two are [CLS] and [SEP].`,
    action: 'Set stride to less than maxSeqLength - 2; usual is a quarter of it.',
  }),
  'unlabelled-without-teacher': (keys) => ({
    message: `texts without labels can only be learned from with a teacher that answers them (${keys}).`,
    action: 'Give the folder of a fine-tuned classifier as teacher, or leave unlabelled out.',
  }),
  'no-classifier-loss': (keys) => ({
    message: `the weights of both losses are 0 (${keys}), so there is nothing to learn.`,
    action: 'Give at least one of them a weight above 0; usual is 0.5 each.',
  }),
  'corpus-among-texts': (keys) => ({
    message: `a corpus that is built already cannot be joined with other text (${keys}).`,
    action: 'Give one corpus folder alone; or give only texts, from which one corpus is then built.',
  }),
};

const CACHE_FAULTS: Record<TeacherCacheFault, (file: string, sequence: number | null) => string> = {
  missing: (file) => `${file} is missing`,
  size: (file) => `${file} does not have the size it was written with`,
  checksum: (file, sequence) =>
    `${file} is damaged${sequence === null ? '' : `, at sequence ${sequence}`}: its checksum does not match`,
  manifest: (file) => `${file} does not describe a teacher cache`,
  version: (file) => `${file} was written by another version of this program`,
  foreign: (file) => `${file} is of another teacher, corpus or setting than the folder's name says`,
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
    case 'options-exclude-each-other':
      return { message: `${data.options.join(' and ')} cannot be given together.`, action: help };
    case 'unexpected-argument':
      return { message: `"${data.command}" does not know what to do with "${data.argument}".`, action: help };
  }
}

/** English. */
/** The settings with which a run takes less memory. */
const LESS_MEMORY: Record<Objective, string> = {
  distill:
    'Set a smaller maxSeqLength, a smaller student (student.layers, student.hidden), or teacherPrecision to int8',
  pretrain: 'Set a smaller maxSeqLength, or a smaller model (model.layers, model.hidden)',
  finetune: 'Set a smaller maxSeqLength or batchSize, take a smaller model',
};

export const en: Messages = {
  ...corpusEn,
  ...exportEn,
  ...labelledEn,
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
  invalidUtf8: (data) => ({
    message: `${at(data)}: this line is not UTF-8${data.offsetBytes === undefined ? '' : ` (byte ${data.offsetBytes} of the file)`}.`,
    action: 'Save the text as UTF-8.',
  }),
  fileEmpty: ({ file }) => ({ message: `${file} is empty.`, action: 'Give a file that holds text.' }),
  lineTooLong: (data) => ({
    message: `${at(data)}: this line is longer than ${size(data.limitBytes)}.`,
    action: 'Break the text into lines: one sentence or paragraph a line.',
  }),
  outputIsInput: ({ file }) => ({
    message: `${file} is the file to read and the file to write at once.`,
    action: 'Give the output another name.',
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
  modelNotMaskedLm: ({ folder, keys }) => ({
    message: `${folder} has no masked-language-model head, so there are no predictions to compare with (${keys.join(', ')}).`,
    action:
      'Give a teacher that was pre-trained and still has its head; or set alphaCe and alphaMse to 0 and learn by alphaMlm, alphaCos, alphaHidden, alphaAttention or alphaRelation, which need none.',
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
  evaluationInvalid: ({ file }) => ({
    message: `${file} is not an evaluation that this version can read.`,
    action: 'Make it anew: distilbert-studio evaluate --model DIR --data FILE --out DIR.',
  }),
  evaluationNotFound: ({ place }) => ({
    message: `${place} holds no evaluation: there is no evaluation.json in it, nor in its evaluation/test or evaluation/dev.`,
    action: 'To compare models themselves, give the labelled text too: --compare MODEL MODEL --data FILE.',
  }),
  comparisonNotOfTwo: ({ got }) => ({
    message: `--compare takes two models or evaluations, but got ${got}.`,
    action: 'For example: --compare runs/a runs/b.',
  }),
  evaluationsOfOtherData: ({ first, second, data }) => ({
    message: `${first} and ${second} were not scored on the same texts and labels (${data.join(', ')}), so they cannot be compared.`,
    action: 'Score both on one file: --compare MODEL MODEL --data FILE.',
  }),
  regressionHasNoClasses: ({ place }) => ({
    message: `${place} is of a model that predicts numbers: there are no classes to compare or to calibrate.`,
    action: 'Leave out --compare and --calibrate; its errors and correlations are shown without them.',
  }),
  temperatureUnbounded: ({ data, examples }) => ({
    message: `No temperature can be fitted to the ${examples} examples of ${data}: they are all read rightly, or no better than by chance.`,
    action: 'Take more examples, ones that the model has not learned from, or leave out --calibrate.',
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

  labelUnknown: ({ label, known }) => ({
    message: `The classifier has no label "${label}".`,
    action: `Its labels: ${some(known)}.`,
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
    action: data.nearest
      ? `Did you mean "${data.nearest}"?`
      : `If the file is for a newer version, update DistilBERT Studio. Settings of this one: ${some(data.known, 100)}.`,
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
  configUnknownLabel: (data) => ({
    message: `${at(data)}: "${data.key}" names the label "${data.label}", which no text of the training data has.`,
    action: `Labels of the training data: ${some(data.known)}.`,
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
  teacherAnswersDiffer: ({ teacher, teacherLabels, teacherProblem, labels, problem }) =>
    teacherProblem === problem
      ? {
          message: `The teacher ${teacher} has other labels than the training data. Teacher: ${some(teacherLabels, 40)}. Training data: ${some(labels, 40)}.`,
          action:
            'Give a teacher that was fine-tuned on the same labels, or name the labels alike; their order does not matter.',
        }
      : {
          message: `The teacher ${teacher} was fine-tuned for ${teacherProblem}, but here ${problem} is learned.`,
          action: 'Give a teacher that was fine-tuned for the same.',
        },
  vocabulariesDiffer: ({ teacher, student, teacherSize, studentSize }) => ({
    message:
      teacherSize === studentSize
        ? `Teacher (${teacher}) and student (${student}) have different vocabularies.`
        : `The teacher (${teacher}) has ${teacherSize} pieces, the student (${student}) ${studentSize}.`,
    action: "Distillation needs one vocabulary: use a student made from this teacher, with the teacher's vocab.txt.",
  }),
  windowsDoNotMove: ({ stride, room }) => ({
    message: `A window holds ${room} pieces and would share ${stride} of them with the one before: it would never move on.`,
    action: `Set stride to at most ${room - 1}, or maxSeqLength higher.`,
  }),
  sequenceLongerThanPositions: ({ requested, positions }) => ({
    message: `maxSeqLength is ${requested}, but the model reads at most ${positions} pieces.`,
    action: `Set maxSeqLength to ${positions} or less.`,
  }),
  teacherCacheDamaged: ({ folder, file, fault, sequence }) => ({
    message: `The teacher cache ${folder} cannot be used: ${CACHE_FAULTS[fault](file, sequence)}.`,
    action:
      'Delete that folder and start the run again, with --resume if it had begun: the same predictions are made anew.',
  }),
  teacherCacheBusy: ({ folder, pid }) => ({
    message: `Process ${pid} is already writing the teacher's predictions to ${folder}.`,
    action:
      'Wait until it has written them, then start this run: both use the same. If that process is another program, delete building.pid in the folder.',
  }),

  installNotHere: ({ device, platform, platforms }) => ({
    message: `The files for ${device} exist for ${platforms.join(', ')} only, and this is ${platform}.`,
    action: 'Run "devices" to see what this machine can compute on without them.',
  }),
  installFailed: ({ device, host, reason }) => ({
    message: `The files for ${device} could not be fetched${host === null ? '' : ` from ${host}`}: ${reason}. Nothing was installed.`,
    action:
      'Check the connection; behind a proxy, set HTTPS_PROXY. Without them the CPU and, where there is a driver for it, WebGPU can be used all the same.',
  }),
  deviceUnavailable: ({ device, reason, available }) => {
    const why = reason && faultWords(reason, 'en');
    return {
      message: `The device "${device}" is not available here.${why ? ` ${why.message}` : ''}`,
      action: `${why ? `${why.action} Or set` : 'Set'} device to ${available.map((each) => `"${each}"`).join(' or ')}, or to "auto"; "devices" lists them all.`,
    };
  },
  tensorflowUnavailable: ({ fault }) => faultWords(fault, 'en'),
  teacherPrecisionUnavailable: ({ precision, device }) => ({
    message:
      precision === 'int8'
        ? `A teacher in ${precision} computes on the CPU only, and teacherDevice is "${device}".`
        : `The teacher's device "${device}" does not compute in ${precision}.`,
    action:
      precision === 'int8'
        ? 'Set teacherDevice to "cpu" or leave it out, or teacherPrecision to "fp32".'
        : 'Set teacherPrecision to "fp32", or teacherDevice to a GPU that has half precision.',
  }),
  precisionUnavailable: ({ precision, device, available }) => ({
    message: `The device "${device}" does not compute in ${precision}.`,
    action: `Set precision to ${available.map((each) => `"${each}"`).join(' or ')}.`,
  }),
  lossNotFinite: ({ globalStep, checkpoint }) => ({
    message: `At step ${globalStep} the loss or a weight is no longer a number; training has stopped.`,
    action: `${checkpoint === null ? 'No checkpoint was saved before.' : `The last good checkpoint is ${checkpoint}.`} Try a lower learningRate or a longer warm-up, and precision "fp32" where it was half precision.`,
  }),
  runFolderNotEmpty: ({ folder }) => ({
    message: `${folder} already holds something.`,
    action: 'Add --resume to go on with that run, or --fresh to replace it, or give another folder.',
  }),
  runNotFound: ({ folder }) => ({
    message: `${folder} holds no run to go on with.`,
    action: 'Check the folder, or leave out --resume to start a run.',
  }),
  sweepRunDiffers: ({ folder, keys }) => ({
    message: `The run in ${folder} was made with other settings (${keys.join(', ')}).`,
    action: 'Give another --out, or --fresh to train it anew in its place.',
  }),
  runBusy: ({ folder, pid }) => ({
    message: `Another process${pid === null ? '' : ` (${pid})`} is working on the run in ${folder}.`,
    action: `To watch it, open the folder in the Runs view of VS Code, or follow its metrics.jsonl. To stop it so that it saves first: ${pid === null ? 'Ctrl+C where it was started' : `kill -TERM ${pid}, or Ctrl+C where it was started`}. Or give another folder.`,
  }),
  costTooHigh: ({ what, objective, folder, neededBytes, availableBytes }) => ({
    message: `The run in ${folder} would take ${size(neededBytes)} of ${what}, but only ${size(availableBytes)} are free.`,
    action:
      what === 'memory'
        ? `${LESS_MEMORY[objective]}, or close other programs.`
        : `Set keepCheckpoints${objective === 'distill' ? ', or teacherTopK where it is set,' : ''} to a smaller number, take a smaller ${objective === 'distill' ? 'student' : 'model'}, free some space, or give another folder.`,
  }),
  outOfMemory: () => ({
    message: 'There is not enough memory.',
    action:
      'Close other programs; or set a smaller maxSeqLength or a smaller model; with one micro-batch a step, halve batchSize and set gradientAccumulationSteps to 2; where a GPU is what has too little, use --device cpu. The run can then go on from its last checkpoint.',
  }),
  deviceLost: ({ reason }) => ({
    message: `The GPU was lost: ${reason}.`,
    action:
      'It was unplugged, or its driver was restarted. Go on from the last checkpoint, on it when it is back or with --device cpu.',
  }),
  engineFailed: ({ reason }) => ({
    message: `The computing engine failed: ${reason}.`,
    action: 'Try a smaller batchSize, or --device cpu.',
  }),

  usage,
};
