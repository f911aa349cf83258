/** Distillation of a student from a teacher (Sanh et al. 2019; Hugging Face's `distiller.py`). */

import { type ChooseOptions, chooseDevice } from '../devices/chooseDevice.js';
import { checkTokenizer } from '../hub/checkModel.js';
import { checkLength, type LoadedModel, loadModel, loadTokenizer, vocabFileOf } from '../hub/modelFiles.js';
import { type ModelConfig, TEACHERS } from '../models/config.js';
import { encoderShapes, selectParameters } from '../models/parameters.js';
import type { DistillConfig } from '../protocol/distillConfig.js';
import { TrainerError } from '../protocol/errors.js';
import { isOff } from '../protocol/scheduled.js';
import type { NamedTensors } from '../protocol/tensor.js';
import { cpuDevice, type Device } from '../runtime/devices.js';
import { hasHalfPrecision, resolvePrecision } from '../runtime/halfPrecision.js';
import { withConfigLine } from './configLine.js';
import type { CorpusSource } from './corpusSource.js';
import { distillLosses } from './distillLosses.js';
import {
  checkPair,
  loadStudent,
  maskedLmShapes,
  newProjections,
  newStudent,
  withNewHead,
} from './languageModelSources.js';
import { languageModelTask } from './languageModelTask.js';
import { train } from './loop.js';
import { runCorpus } from './runCorpus.js';
import { checkFolder, type RunOptions } from './runStart.js';
import { runTeacherCache } from './runTeacherCache.js';
import type { PreparedTask } from './task.js';
import { hasMaskedLmHead, teacherBytes, teacherOf } from './teacher.js';
import { cacheWanted, type TeacherCacheSource } from './teacherCache.js';
import { teacherCacheInMemory } from './teacherCacheInMemory.js';

/** Runs a distillation. Throws what reading models and text throws, `vocabulariesDiffer`, `configImpossible`, and what `train` throws. */
export async function runDistill(config: DistillConfig, options: RunOptions): Promise<void> {
  await checkFolder(options);
  const { task } = await distillTask(
    config,
    options.configFile ?? options.out,
    runCorpus(options),
    runTeacherCache(options),
    options,
  );
  await train(task, config, options);
}

/**
 * The task of a distillation. `place`: the config's file, for errors. `cacheSource`: where a config with `teacherTopK` has the teacher's
 * predictions from; by default they are worked out again and again, as for an estimate.
 * Throws what reading models and the corpus and making the cache throws, `tokenizerUnsupported`, `vocabulariesDiffer`, `configImpossible`.
 */
export async function distillTask(
  config: DistillConfig,
  place: string,
  source: CorpusSource,
  cacheSource: TeacherCacheSource = teacherCacheInMemory,
  choosing: ChooseOptions = {},
): Promise<PreparedTask> {
  return await withConfigLine(place, () => makeTask(config, place, source, cacheSource, choosing));
}

async function makeTask(
  config: DistillConfig,
  place: string,
  source: CorpusSource,
  cacheSource: TeacherCacheSource,
  choosing: ChooseOptions,
): Promise<PreparedTask> {
  const device = await chooseDevice(config.device, choosing);
  const precision = await resolvePrecision(config.precision, device);
  const teacherDevice = await deviceOfTeacher(config, device, choosing);
  await checkTokenizer(config.teacher);
  const teacher = await loadModel(config.teacher, TEACHERS);
  const { student: wanted, seed } = config;
  checkHead(config, teacher);
  const headless = !hasMaskedLmHead(teacher);
  const shapes = (headless ? encoderShapes : maskedLmShapes)(teacher.config);
  const teacherWeights = selectParameters(shapes, teacher.weights, teacher.folder);
  const student =
    typeof wanted === 'string'
      ? await loadStudent(wanted)
      : newStudent({ ...config, student: wanted }, headless ? withNewHead(teacher, seed) : teacher, place);
  checkPair(student, teacher);
  const losses = distillLosses(config, student.config, teacher.config, place);
  checkFreezing(config, student.config, place);
  for (const model of [teacher.config, student.config]) checkLength(config.maxSeqLength, model);
  const vocabFile = vocabFileOf(teacher.folder);
  const tokenizer = loadTokenizer(vocabFile, teacher.config.vocabSize);
  const corpus = await source({ ...config, tokenizer, vocabFile, place });
  const dropout = { hiddenDropout: config.dropout, attentionDropout: config.dropout };
  const projections = newProjections(student.config, teacher.config, seed);
  const taught = await teacherOf(teacher, config.teacherPrecision, teacherDevice);
  const cache =
    losses.topK === undefined
      ? null
      : await cacheSource(
          cacheWanted(
            config,
            losses.topK,
            { teacher: taught, teacherFolder: teacher.folder, weights: teacherWeights },
            corpus,
            tokenizer.vocabulary,
            teacherDevice,
          ),
        );
  const task = await languageModelTask({
    objective: 'distill',
    student: {
      config: { ...student.config, ...dropout },
      weights: new Map([...student.weights, ...projections]),
      vocabFile: student.vocabFile,
    },
    teacher: taught,
    losses,
    corpus,
    vocabulary: tokenizer.vocabulary,
    settings: config,
    device,
    precision,
    cache,
  });
  return {
    task,
    teacher: { parameters: elements(teacherWeights), bytes: teacherBytes(taught) },
    part: corpus.part,
    cacheCost: cache?.cost ?? null,
  };
}

/** Only onnxruntime's CPU provider multiplies bytes as an int8 teacher does, and only a GPU's shaders half precision. */
async function deviceOfTeacher(
  { teacherDevice, teacherPrecision }: DistillConfig,
  student: Device,
  choosing: ChooseOptions,
): Promise<Device> {
  const usual = teacherPrecision === 'int8' ? cpuDevice() : student;
  const device = teacherDevice === null ? usual : await chooseDevice(teacherDevice, choosing);
  const unavailable =
    teacherPrecision === 'int8'
      ? device.name !== 'cpu'
      : teacherPrecision === 'fp16' && !(await hasHalfPrecision(device));
  if (unavailable)
    throw new TrainerError('teacherPrecisionUnavailable', { precision: teacherPrecision, device: device.name });
  return device;
}

/** A student can still learn from what lies inside of a teacher that predicts nothing. */
function checkHead(config: DistillConfig, teacher: LoadedModel): void {
  if (hasMaskedLmHead(teacher)) return;
  const keys = (['alphaCe', 'alphaMse'] as const).filter((key) => !isOff(config[key]));
  if (keys.length > 0) throw new TrainerError('modelNotMaskedLm', { folder: teacher.folder, keys });
}

function checkFreezing({ freezeTokenTypeEmbeddings }: DistillConfig, student: ModelConfig, file: string): void {
  if (!freezeTokenTypeEmbeddings || student.typeVocabSize > 0) return;
  const keys = ['freezeTokenTypeEmbeddings', 'student'];
  throw new TrainerError('configImpossible', { file, line: null, keys, reason: 'no-token-types' });
}

function elements(tensors: NamedTensors): number {
  return [...tensors.values()].reduce((sum, { data }) => sum + data.length, 0);
}
