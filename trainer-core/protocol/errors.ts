/** The one error type of the trainer, and the data each error code carries. The words are in `messages/`. */

import type { CorpusReport } from './corpusManifest.js';
import type { CorpusSettings } from './corpusSettings.js';
import type { DeviceFault } from './devices.js';
import type { Objective } from './events.js';
import type { ProblemType } from './problemType.js';

/** Where in a text file something is wrong; lines and columns count from 1. */
export interface FilePlace {
  file: string;
  line: number;
}

/** A setting in a config, by its dotted path, and where it was written. */
export interface ConfigKey {
  file: string;
  line: number | null;
  key: string;
}

/** The settings that name a column. */
export type ColumnSetting = 'textColumn' | 'secondTextColumn' | 'labelColumn';

/** The JSON types a setting can have. */
export type ConfigType = 'string' | 'number' | 'integer' | 'boolean' | 'array' | 'object' | 'null';

/** Why a text is not the JSON we take; `got` is null at the end of the text. */
export type JsonFault =
  | {
      problem: 'unexpected';
      expected: 'key' | 'colon' | 'value' | 'next-key' | 'next-element' | 'end';
      got: string | null;
    }
  | { problem: 'duplicate-key'; key: string }
  | { problem: 'too-deep'; limit: number };

/** What is wrong with a file of a corpus folder. */
export type CorpusFileFault =
  | { fault: 'missing' }
  | { fault: 'size'; expectedBytes: number; gotBytes: number }
  | { fault: 'checksum' };

/** What was read, kept and dropped, by which settings. */
export type WhyTooSmall = Pick<CorpusReport, 'documents' | 'sentences'> & {
  sequences: Omit<CorpusReport['sequences'], 'kept'>;
  settings: CorpusSettings;
};

/** A setting (or `tokenizer`, `inputs`, the path of a source) with its value in a build that is there and in the one asked for; null: absent. */
export interface BuildDifference {
  key: string;
  there: string | null;
  asked: string | null;
}

/** For each error code, the data that its message needs. Adding a code here makes `messages/` fail to compile until it has words. */
export interface ErrorData {
  // files and folders
  fileNotFound: { file: string };
  fileUnreadable: { file: string; reason: string };
  folderNotWritable: { folder: string; reason: string };
  diskFull: { file: string; neededBytes: number | null };
  /** `offsetBytes`: of the first byte that is wrong, in the unpacked file; where it is known. */
  invalidUtf8: FilePlace & { offsetBytes?: number };
  textHasNul: FilePlace & { column: number };
  fileEmpty: { file: string };
  lineTooLong: FilePlace & { limitBytes: number };
  outputIsInput: { file: string };

  // what a corpus is made from; offsets of a dump are of its unpacked XML, others of the file on the disk
  inputsMissing: { folder: string };
  inputUnsupported: { file: string; kind: UnsupportedInput };
  zstdUnavailable: { file: string };
  inputDamaged: { file: string; offsetBytes: number };
  /** Read up to about there; nothing after the damage can be unpacked. */
  packedFileDamaged: { file: string; offsetBytes: number };
  dumpNotMediaWiki: { file: string; found: string };
  dumpOtherLanguage: { file: string; language: string };
  dumpEmpty: { file: string };
  pageTooLong: { file: string; offsetBytes: number; limitBytes: number };
  pageInvalidUtf8: { file: string; title: string; offsetBytes: number };
  jsonLineInvalid: FilePlace & { column: number };
  /** `line`: null for a column of a Parquet file. */
  fieldMissing: { file: string; line: number | null; field: string; known: readonly string[] };
  fieldNotText: FilePlace & { field: string; got: string };
  parquetInvalid: { file: string; reason: string };
  columnNotText: { file: string; column: string; got: string };
  rowInvalidUtf8: { file: string; row: number; column: string };

  // models on disk
  modelFolderNotFound: { folder: string };
  modelHasNoConfig: { folder: string };
  modelHasNoWeights: { folder: string };
  /** `found`: the name of what there is instead of weights that can be trained. */
  modelIsExported: { folder: string; found: string };
  modelHasNoHead: { folder: string };
  exportNeedsDev: { precision: string };
  exportNeedsOnnx: { option: string };
  /** `scores`: those of fp32 and of this precision, from 0 to 1; `drop` in points. */
  exportWorse: {
    precision: string;
    dev: string;
    examples: number;
    agreement: number;
    scores: readonly { name: string; fp32: number; got: number }[];
    maxDrop: number;
  };
  exportNotFinite: { precision: string; dev: string };
  onnxTooLarge: { precision: string; bytes: number; limitBytes: number };
  modelTypeUnsupported: { file: string; got: string; expected: readonly string[] };
  modelConfigInvalid: { file: string; key: string; expected: string; got: string };
  modelNotClassifier: { folder: string };
  /** `keys`: the losses with a weight that need its predictions. */
  modelNotMaskedLm: { folder: string; keys: readonly string[] };
  safetensorsTruncated: { file: string; expectedBytes: number; gotBytes: number };
  safetensorsHeaderInvalid: { file: string; reason: string };
  modelHasNoVocabulary: { folder: string };
  tokenizerUnsupported: { file: string; key: string; expected: string; got: string };
  folderNotEmpty: { folder: string };
  evaluationInvalid: { file: string };
  /** None is in or below `place`. */
  evaluationNotFound: { place: string };
  comparisonNotOfTwo: { got: number };
  /** They are of other texts or labels; `data` are their files. */
  evaluationsOfOtherData: { first: string; second: string; data: readonly [string, string] };
  /** A model of numbers has no classes to count or to calibrate. */
  regressionHasNoClasses: { place: string };
  /** No temperature between 0.01 and 100 has the least loss on these examples. */
  temperatureUnbounded: { data: string; examples: number };
  tensorDtypeUnsupported: { file: string; tensor: string; dtype: string };
  tensorsMissing: { file: string; tensors: readonly string[] };
  tensorsMisshapen: {
    file: string;
    tensors: readonly { name: string; expected: readonly number[]; got: readonly number[] }[];
  };
  pickleForbidden: { file: string; symbol: string };
  pickleInvalid: { file: string; reason: string };
  vocabularySizeMismatch: { file: string; expected: number; got: number };
  vocabularyInvalid: FilePlace & { reason: string };
  dictionaryNotFound: { file: string };
  dictionaryInvalid: { file: string; reason: string };
  checkpointDamaged: { folder: string; reason: string };

  // the Hugging Face hub
  modelIdInvalid: { id: string };
  hubModelNotFound: { id: string; revision: string; host: string };
  hubAccessDenied: { id: string; host: string; withToken: boolean };
  hubUnreachable: { host: string; reason: string };
  hubFailed: { url: string; status: number };
  downloadIncomplete: { url: string; expectedBytes: number | null; gotBytes: number };
  downloadDamaged: { url: string; what: 'hash' | 'size'; expected: string; got: string };
  hubAnswerInvalid: { host: string };
  /** `cacheFolder` has not all of the model, and the network is not to be used. */
  hubNotCached: { id: string; revision: string; cacheFolder: string };
  hubCacheDamaged: { file: string };
  repositoryIdInvalid: { id: string };
  hubTokenMissing: { host: string };
  hubTokenRefused: { host: string };
  hubTokenReadOnly: { host: string };
  hubWriteDenied: { id: string; host: string };
  /** It was to be private, but is there and is not. */
  hubModelPublic: { id: string; host: string };
  hubOffline: { host: string };
  /** Without the password in it. */
  proxyUnsupported: { proxy: string };

  // labelled data
  columnCount: FilePlace & { expected: number; got: number; format: 'tsv' | 'csv' };
  /** `known`: the names there are, null without a header. `line`: of the record, where only that one lacks it. */
  columnUnknown: {
    file: string;
    line?: number;
    setting: ColumnSetting;
    column: string;
    known: readonly string[] | null;
    width: number;
  };
  /** Which column is meant cannot be told. */
  columnsUnclear: { file: string; setting: ColumnSetting; known: readonly string[] | null; width: number };
  cellNotText: FilePlace & { column: string; got: string };
  /** The line in which the quote was opened. */
  csvQuoteOpen: FilePlace;
  csvAfterQuote: FilePlace & { column: number };
  dataLabelUnknown: FilePlace & { label: string; known: readonly string[] };
  emptyText: FilePlace;
  emptyLabel: FilePlace;
  labelUnreadable: FilePlace & { got: string };
  labelNotNumber: FilePlace & { got: string };
  /** Asked for by name. */
  labelUnknown: { label: string; known: readonly string[] };
  /** A label that a setting names and no text of the training data has. */
  configUnknownLabel: ConfigKey & { label: string; known: readonly string[] };
  tooFewLabels: { file: string; labels: readonly string[] };
  textsIdentical: { file: string; examples: number };
  /** Neither class folders nor Livedoor's articles. */
  labelledFolderEmpty: { folder: string };
  /** Nothing of it is left after tokenising. */
  textHasNoPieces: FilePlace;
  /** Training texts that are in `other` too, with the first of them. */
  textsLeak: { count: number; train: FilePlace; other: FilePlace };
  /** Nothing can be held out as dev. */
  splitTooSmall: { file: string; examples: number };
  /** Nothing of the training set is left after what is in dev or test was dropped. */
  allTextsLeak: { file: string };
  corpusTooSmall: { file: string; sequences: number; why?: WhyTooSmall };
  /** The folder that a corpus is to be built in has other files in it. */
  corpusFolderTaken: { folder: string; holds: readonly string[] };
  /** Another corpus is in the folder, finished or not. */
  corpusBuildDiffers: { folder: string; isFinished: boolean; differences: readonly BuildDifference[] };
  corpusBusy: { folder: string; pid: number };
  /** `input`: the file that the thread was at; null where it was at nothing. */
  workerStopped: { input: string | null; reason: string };
  /** `sha256` of the tokenizers' identities; `vocabFile` is the model's. */
  corpusTokenizerDiffers: { folder: string; corpusTokenizer: string; vocabFile: string; modelTokenizer: string };
  /** No corpus.json: not a corpus, or one whose build has not ended. */
  corpusNotFound: { folder: string };
  /** Sequences count from 0. */
  corpusSequenceOutOfRange: { folder: string; sequence: number; sequences: number };
  corpusVersionUnsupported: { file: string; expected: number; got: string };
  /** corpus.json has not what it should at `key` (dotted). */
  corpusInvalid: { file: string; key: string };
  corpusFileDamaged: { file: string; folder: string } & CorpusFileFault;
  corpusLongerThanLimit: { folder: string; longest: number; maxSeqLength: number };
  /** `run` began with the corpus `began`, and its config now leads to `now`, or that has other contents. */
  corpusChanged: { run: string; began: string; now: string };
  /** Its config (`file`) does not say how text becomes sequences, as configs of version 0.1 do not. */
  runOfOlderVersion: { file: string };
  archiveInvalid: { file: string; offset: number; reason: 'checksum' | 'truncated' };
  articleInvalid: { file: string; lines: number };
  articlesMissing: { file: string; articles: readonly string[] };

  // configs; `file` is the config's, or the flag's or the variable's where a setting came from the command line or the environment (then `line` is null)
  configInvalidJson: FilePlace & { fault: JsonFault };
  configUnknownKey: ConfigKey & { nearest: string | null; known: readonly string[] };
  configMissingKey: ConfigKey;
  configWrongType: ConfigKey & { expected: readonly ConfigType[]; got: string };
  configOutOfRange: ConfigKey & {
    atLeast: number | null;
    moreThan: number | null;
    atMost: number | null;
    lessThan: number | null;
    got: string;
  };
  configNotAllowed: ConfigKey & { allowed: readonly string[]; got: string };
  configEmpty: ConfigKey;
  configListLength: ConfigKey & { expected: number; got: string };
  configMaskProportions: { file: string; line: number | null; sum: number };
  configImpossible: { file: string; line: number | null; keys: readonly string[]; reason: ImpossibleConfig };
  /** A fine-tuned teacher and its student answer with other labels, or to another kind of problem. */
  teacherAnswersDiffer: {
    teacher: string;
    teacherLabels: readonly string[];
    teacherProblem: ProblemType;
    labels: readonly string[];
    problem: ProblemType;
  };
  vocabulariesDiffer: { teacher: string; student: string; teacherSize: number; studentSize: number };
  /** `room`: pieces that a window holds besides [CLS] and [SEP]. */
  windowsDoNotMove: { stride: number; room: number };
  sequenceLongerThanPositions: { requested: number; positions: number };

  /** `sequence`: whose predictions are damaged, by its number in the corpus; null where it is the whole file. */
  teacherCacheDamaged: { folder: string; file: string; fault: TeacherCacheFault; sequence: number | null };
  teacherCacheBusy: { folder: string; pid: number };

  // running
  /** What a device needs exists for other systems only, as `process.platform`-`process.arch`. */
  installNotHere: { device: string; platform: string; platforms: readonly string[] };
  /** It could not be fetched, and nothing was installed. `host`: the one that did not answer; null when it was not for that. */
  installFailed: { device: string; host: string | null; reason: string };
  /** `reason`: why, where it is a device that there could be; `available`: devices known to be there. */
  deviceUnavailable: { device: string; reason: DeviceFault | null; available: readonly string[] };
  /** TensorFlow.js's native package is missing or does not work here. */
  tensorflowUnavailable: { fault: DeviceFault };
  /** A teacher in int8 on a device that does not multiply bytes, or in fp16 on one without half precision. */
  teacherPrecisionUnavailable: { precision: string; device: string };
  precisionUnavailable: { precision: string; device: string; available: readonly string[] };
  lossNotFinite: { globalStep: number; checkpoint: string | null };
  runFolderNotEmpty: { folder: string };
  runNotFound: { folder: string };
  /** A sweep's run that is there already was made with other settings; `keys`: those that differ. */
  sweepRunDiffers: { folder: string; keys: readonly string[] };
  /** `pid`: the process that works on the run; null where it is not known. */
  runBusy: { folder: string; pid: number | null };
  engineFailed: { reason: string };
  /** What a run was estimated to take, and what there is. `folder`: the run's. */
  costTooHigh: {
    what: 'memory' | 'disk';
    objective: Objective;
    folder: string;
    neededBytes: number;
    availableBytes: number;
  };
  /** Work does not fit into memory; of a training step not even its smallest part. */
  outOfMemory: { reason: string };
  /** The GPU is gone: unplugged, reset by its driver, or hung. */
  deviceLost: { reason: string };

  // command line
  usage: UsageProblem;
}

/** What can be wrong with a command line. */
export type UsageProblem =
  | { problem: 'no-command'; known: readonly string[] }
  | { problem: 'unknown-command'; command: string; nearest: string | null; known: readonly string[] }
  | { problem: 'unknown-option'; option: string; nearest: string | null; command: string }
  | { problem: 'option-needs-value'; option: string; command: string }
  | { problem: 'option-takes-no-value'; option: string; command: string }
  | { problem: 'option-missing'; option: string; command: string }
  | { problem: 'option-not-a-number'; option: string; got: string; command: string }
  | { problem: 'options-exclude-each-other'; options: readonly string[]; command: string }
  | { problem: 'unexpected-argument'; argument: string; command: string };

/** Files that hold text somewhere, but that no corpus is made from. */
export type UnsupportedInput = 'pickle' | 'arrow' | 'archive' | 'sqlDump' | 'multistreamIndex' | 'jsonDocument';

/** What can be wrong with a finished teacher cache; `foreign`: it is of another teacher, corpus or setting than its name says. */
export type TeacherCacheFault = 'missing' | 'size' | 'checksum' | 'manifest' | 'version' | 'foreign';

/** Why two settings cannot stand together. */
export type ImpossibleConfig =
  | 'no-loss'
  | 'mlm-and-clm'
  | 'heads-do-not-divide-hidden'
  | 'layers-not-in-teacher'
  | 'sizes-differ'
  | 'attention-heads-differ'
  | 'relation-heads-do-not-divide'
  | 'no-token-types'
  | 'corpus-among-texts'
  | 'windows-do-not-advance'
  | 'nothing-kept'
  | 'not-one-class'
  | 'numbers-have-no-classes'
  | 'cache-holds-predictions-only'
  | 'cache-without-ce'
  | 'cache-of-next-pieces'
  | 'cache-has-one-temperature'
  | 'top-k-over-vocabulary'
  | 'grid-or-random'
  | 'empty-range'
  | 'unlabelled-without-teacher'
  | 'no-classifier-loss';

export type ErrorCode = keyof ErrorData;

/**
 * An error a person can act on: a code and the data its message needs.
 * Every `throw` in the trainer that a user can cause throws one of these; anything else is a bug in the trainer.
 */
export class TrainerError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'TrainerError';
  readonly code: C;
  readonly data: ErrorData[C];

  constructor(code: C, data: ErrorData[C], options?: { cause?: unknown }) {
    super(`${code} ${JSON.stringify(data)}`, options);
    this.code = code;
    this.data = data;
  }
}

/** True when `error` is a TrainerError with this code (narrowing its data). */
export function hasCode<C extends ErrorCode>(error: unknown, code: C): error is TrainerError<C> {
  return error instanceof TrainerError && error.code === code;
}
