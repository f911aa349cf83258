/**
 * What commands that take time and are no training run write with `--json`: one object a line on standard output, progress first
 * and the result last. They end early on SIGTERM, leave nothing half-written, and then exit with code 1.
 */

import type { CorpusManifest, InputFault } from './corpusManifest.js';
import type { DataSummary } from './dataSummary.js';
import type { Comparison } from './evaluation.js';
import type { Objective } from './events.js';
import type { Precision } from './exportConfig.js';
import type { EvaluationReport } from './report.js';

/** What unpacks a file: a program of this name, Node's zlib, our decoder in worker threads or in one thread; `none` where nothing is packed. */
export type Unpacker = 'none' | 'zlib' | 'lbzip2' | 'pbzip2' | 'zstd' | 'threads' | 'inProcess';

/** How far a job is. Rates are a second; `total` and `secondsLeft` are null where they cannot be known. */
export interface JobProgress {
  type: 'progress';
  /** What is being done, for the job's own wording. */
  phase:
    | 'reading'
    | 'loading'
    | 'timing'
    | 'classifying'
    | 'explaining'
    | 'resampling'
    | 'downloading'
    | 'copying'
    | 'building'
    | 'deduplicating'
    | 'verifying'
    | 'extracting'
    | 'measuring'
    | 'uploading'
    | 'predicting'
    | 'tokenizing'
    | 'teaching'
    | 'choosingDevice';
  /** In `unit`s. */
  done: number;
  total: number | null;
  unit: 'bytes' | 'steps';
  rate: number | null;
  secondsLeft: number | null;
  /** The file at hand, where there are several. */
  file?: string;
  /** What unpacks that file, where it is input of a corpus. */
  unpackedBy?: Unpacker;
  /** While a corpus is built: documents read and tokens made so far, and tokens a second. */
  documents?: number;
  tokens?: number;
  tokensPerSecond?: number | null;
}

/** What the work itself can say of its progress; speed and time left are reckoned where it is shown. */
export type JobStage = Omit<JobProgress, 'type' | 'rate' | 'secondsLeft' | 'tokensPerSecond'>;
export type OnStage = (stage: JobStage) => void;

/** `estimate --objective O --config FILE`: what a run will cost, from a few timed steps on this machine. */
export interface Estimate {
  type: 'estimate';
  objective: Objective;
  /** Trainable weights. */
  parameters: number;
  /** Weights of the teacher, which is only run; null without one. */
  teacherParameters: number | null;
  sequences: number;
  tokensPerEpoch: number;
  /** True when the corpus was too large to read whole: its counts are then extrapolated from its first part. */
  extrapolated: boolean;
  /** Optimiser steps of the whole run, all limits of the config considered. */
  totalSteps: number;
  secondsPerStep: number;
  tokensPerSecond: number;
  /** Of the whole run. */
  seconds: number;
  device: string;
  /** Peak memory of the timed steps. */
  memoryBytes: number;
  /** Of it: the student's float32 three ways, the teacher in its precision, and what remains for activations, engine and program. */
  memoryParts: { weights: number; gradients: number; moments: number; teacher: number; rest: number };
  /** Multiplications and additions of a step: 6 for each weight and token of the student, 2 of the teacher (Kaplan et al. 2020, §2.1). */
  flopsPerStep: number;
  /** What the run comes to hold: its checkpoints, one of them while it is written, the best and the final model, and the teacher cache. */
  diskBytes: number;
  /** Of it: the teacher's predictions beside the run folder; null where none are kept. */
  teacherCacheBytes: number | null;
  /** What the device has free for it; null where the system does not say. */
  availableBytes: number | null;
}

/** `classify --model DIR --input FILE --output FILE.tsv`. */
export interface FileClassified {
  type: 'classified';
  /** Of the input, blank ones included. */
  lines: number;
  output: string;
}

/** `evaluate --model DIR --data FILE`. */
export interface ModelEvaluated {
  type: 'evaluation';
  /** With every misread example. */
  report: EvaluationReport;
  temperature: number;
  /** The folder that the evaluation was written to, null where it was not. */
  output: string | null;
}

/** `evaluate --compare A B`. */
export interface ModelsCompared {
  type: 'comparison';
  comparison: Comparison;
  output: string | null;
}

/** `import --from ID|DIR --out DIR` and `export --model DIR --out DIR` as safetensors. */
export interface ModelWritten {
  type: 'model';
  folder: string;
}

/** `export --to onnx`: what was written and how well it does. */
export interface OnnxWritten {
  type: 'onnx';
  folder: string;
  files: ExportedFile[];
  /** How the sentence was timed; `device` says the threads as well. */
  timing: { pieces: number; threads: number; device: string };
  /** What the scores are of; `examples` counts texts, of a language model hidden pieces. Null without a file. */
  dev: { file: string; examples: number } | null;
}

/** One precision of an exported model. */
export interface ExportedFile {
  precision: Precision;
  /** Below the folder. */
  file: string;
  sizeBytes: number;
  /** Median time of one sentence, warm. */
  sentenceMs: number;
  /** Of the model on the dev file, from 0 to 1, by name: `accuracy` and `macroF1`, of a language model `accuracy` alone, of numbers `pearson` and `spearman`. */
  scores: Record<string, number>;
  /** Part of the examples answered as fp32 does, of numbers their correlation; null without a file. */
  agreement: number | null;
}

/** `upload --model DIR --to ID --dry-run`: what an upload would send, and where to. */
export interface UploadPlan {
  type: 'uploadPlan';
  /** `organisation/name`. */
  repository: string;
  /** Of the model's page. */
  url: string;
  /** False when it is to be made. */
  exists: boolean;
  private: boolean;
  /** As the model card says. */
  license: string;
  files: { path: string; sizeBytes: number }[];
}

/** `upload --model DIR --to ID`. */
export interface ModelUploaded {
  type: 'uploaded';
  repository: string;
  url: string;
  commit: string;
}

/** `corpus build --input … --out DIR`. */
export interface CorpusBuilt {
  type: 'corpus';
  folder: string;
  manifest: CorpusManifest;
  /** What unpacked each file. */
  unpackedBy: Record<string, Unpacker>;
}

/** `corpus extract --input … --out FILE`. */
export interface TextExtracted {
  type: 'extracted';
  /** With text. */
  documents: number;
  output: string;
  faults: InputFault[];
}

/** `sample --out DIR`. */
export interface SampleWritten {
  type: 'sample';
  folder: string;
}

/** `devices install cuda`. */
export interface DeviceInstalled {
  type: 'deviceInstalled';
  device: 'cuda';
  /** Where its files are. */
  folder: string;
  /** False when they were there already. */
  fetched: boolean;
}

/** The last line of a job. */
export type JobResult =
  | DeviceInstalled
  | Estimate
  | FileClassified
  | ModelEvaluated
  | ModelsCompared
  | ModelWritten
  | OnnxWritten
  | SampleWritten
  | CorpusBuilt
  | DataSummary
  | TextExtracted
  | UploadPlan
  | ModelUploaded;
