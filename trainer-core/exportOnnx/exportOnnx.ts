/** A model as ONNX files for onnxruntime and `@huggingface/transformers`, in the precisions asked for, each measured before it counts. */

import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { readJsonObject } from '../checkpoint/json.js';
import { ONNX_FOLDER, readModelConfig, TOKENIZER_JSON, writeModelTexts } from '../checkpoint/modelFolder.js';
import { checkTexts, checkWeights } from '../hub/checkModel.js';
import { checkNotItself } from '../hub/exportModel.js';
import { modelCard } from '../hub/modelCard.js';
import { loadTokenizer, vocabFileOf } from '../hub/modelFiles.js';
import { type ModelConfig, TEMPERATURE_KEY } from '../models/config.js';
import { headOf } from '../models/heads.js';
import { TrainerError } from '../protocol/errors.js';
import { ONNX_FILES, PRECISIONS, type Precision } from '../protocol/exportConfig.js';
import type { ExportedFile, OnnxWritten, OnStage } from '../protocol/jobs.js';
import { cpuDevice } from '../runtime/devices.js';
import { ModelFile } from '../runtime/modelFile.js';
import { type DevSet, labelledDevSet, maskedDevSet } from './devSet.js';
import { SENTENCE_PIECES, sentenceMs } from './latency.js';
import { onnxCard } from './onnxCard.js';
import { writeOnnx } from './onnxFile.js';
import { checkQuality, type Measured, measure } from './quality.js';
import { tokenizerJson } from './tokenizerJson.js';

export interface OnnxExportOptions {
  model: string;
  /** Empty, not there, or a model folder that is to be replaced. */
  out: string;
  precisions: readonly Precision[];
  /** Labelled texts for a classifier, plain text for a language model; needed for fp16 and int8. */
  dev?: string | undefined;
  /** Points that a score may fall below that of fp32. */
  maxDrop: number;
  /** Longest text of `dev`, in pieces; null: as the model was trained, else 128. */
  maxSeqLength: number | null;
  license?: string | undefined;
  signal: AbortSignal;
  onStage?: OnStage;
}

/** Pieces of the longest text of `dev`, for a model that does not say how it was trained. */
const MAX_SEQ_LENGTH = 128;
/** What `@huggingface/transformers` calls the precisions. */
const DTYPES: Readonly<Record<Precision, string>> = { fp32: 'fp32', fp16: 'fp16', int8: 'q8' };

/**
 * Writes `out`, whole or not at all: a precision that is worse than fp32 by more than `maxDrop` leaves nothing behind.
 * Throws `exportNeedsDev`, `exportWorse`, `exportNotFinite`, `onnxTooLarge`, `modelHasNoHead`, `modelNotClassifier`, `outputIsInput`,
 * what reading the model and `dev` and writing the folder throws, and an AbortError.
 */
export async function exportOnnx(options: OnnxExportOptions): Promise<OnnxWritten> {
  const { model, out, dev, license, signal, onStage = () => {} } = options;
  await checkNotItself(model, out);
  const precisions = PRECISIONS.filter((each) => options.precisions.includes(each));
  const lossy = precisions.find((each) => each !== 'fp32');
  if (lossy !== undefined && dev === undefined) throw new TrainerError('exportNeedsDev', { precision: lossy });
  onStage({ phase: 'loading', done: 0, total: null, unit: 'steps' });
  const config = await checkTexts(model);
  const weights = await checkWeights(model, config);
  const head = headOf(weights, config);
  if (head === null) throw new TrainerError('modelHasNoHead', { folder: model });
  if (head === 'classification' && config.labels.length === 0)
    throw new TrainerError('modelNotClassifier', { folder: model });
  const tokenizer = loadTokenizer(vocabFileOf(model), config.vocabSize);
  const maxSeqLength = options.maxSeqLength ?? config.textCut?.maxSeqLength ?? MAX_SEQ_LENGTH;
  const readDev = head === 'classification' ? labelledDevSet : maskedDevSet;
  const devSet = dev === undefined ? null : await readDev(dev, config, tokenizer, maxSeqLength);
  signal.throwIfAborted();

  const { threads, description: device } = cpuDevice();
  const timing = { pieces: Math.min(SENTENCE_PIECES, config.maxPositions), threads, device };
  let files: ExportedFile[] = [];
  const tokenizerFile = join(model, 'tokenizer_config.json');
  const { [TEMPERATURE_KEY]: _, ...configJson } = await readModelConfig(model);
  const texts = {
    config: precisions.includes('fp32')
      ? configJson
      : { ...configJson, 'transformers.js_config': { dtype: DTYPES[precisions[0]!] } },
    vocabFile: vocabFileOf(model),
    tokenizerConfig: {
      model_max_length: config.maxPositions,
      ...(existsSync(tokenizerFile) ? await readJsonObject(tokenizerFile) : {}),
    },
  };
  await writeModelTexts(out, texts, async (temporary) => {
    await mkdir(join(temporary, ONNX_FOLDER));
    const sizes = new Map<Precision, number>();
    // fp32 is what the others are measured against, so it is made in any case.
    for (const precision of new Set<Precision>(['fp32', ...precisions])) {
      const onBytes = (done: number, total: number) => {
        signal.throwIfAborted();
        onStage({ phase: 'copying', file: ONNX_FILES[precision], done, total, unit: 'bytes' });
      };
      sizes.set(precision, await writeOnnx(temporary, precision, { config, weights, head, onBytes }));
    }
    const measured = await measureAll(temporary, [...sizes.keys()], { devSet, config, timing, options });
    if (!precisions.includes('fp32')) await rm(join(temporary, ONNX_FILES.fp32));
    files = precisions.map((precision) => ({
      precision,
      file: ONNX_FILES[precision],
      sizeBytes: sizes.get(precision)!,
      ...measured.get(precision)!,
    }));
    const written = { files, timing, dev: dev === undefined ? null : { file: dev, examples: devSet!.examples } };
    return {
      [TOKENIZER_JSON]: `${JSON.stringify(tokenizerJson(tokenizer.vocabulary))}\n`,
      ...(await modelCard(model, {
        name: basename(resolve(out)),
        license,
        files: onnxCard(written, { name: basename(resolve(out)), head, dtypes: DTYPES, tokenizer }),
      })),
    };
  });
  return {
    type: 'onnx',
    folder: out,
    files,
    timing,
    dev: devSet && dev !== undefined ? { file: dev, examples: devSet.examples } : null,
  };
}

interface Measuring {
  devSet: DevSet | null;
  config: ModelConfig;
  timing: OnnxWritten['timing'];
  options: OnnxExportOptions;
}

/** Opens the files that were written, asks each the dev set, refuses what is worse, and times a sentence. */
async function measureAll(
  folder: string,
  precisions: readonly Precision[],
  { devSet, config, timing, options }: Measuring,
): Promise<Map<Precision, Measured>> {
  const { signal, onStage = () => {}, maxDrop, dev = '' } = options;
  const models = new Map<Precision, ModelFile>();
  try {
    for (const precision of precisions) {
      signal.throwIfAborted();
      models.set(precision, await ModelFile.open(join(folder, ONNX_FILES[precision]), timing.threads));
    }
    let done = 0;
    const onBatch = () => {
      signal.throwIfAborted();
      onStage({ phase: 'measuring', done: done++, total: devSet!.batches * models.size, unit: 'steps' });
    };
    const findings = devSet === null ? null : await measure(models, devSet, dev, onBatch);
    if (findings) checkQuality(findings, { dev, examples: devSet!.examples, maxDrop });
    onStage({ phase: 'timing', done: 0, total: null, unit: 'steps' });
    const times = await sentenceMs([...models.values()], { ...timing, vocabSize: config.vocabSize }, signal);
    return new Map(
      [...models.keys()].map((precision, i) => [
        precision,
        { scores: {}, agreement: null, ...findings?.get(precision), sentenceMs: times[i]! },
      ]),
    );
  } finally {
    for (const model of models.values()) await model.dispose();
  }
}
