/** Distillation of a student from a BERT teacher (Sanh et al. 2019; Hugging Face's `distiller.py`). */

import { checkLength, loadModel, loadTokenizer, vocabFileOf } from '../hub/modelFiles.js';
import { selectParameters } from '../models/parameters.js';
import type { DistillConfig } from '../protocol/distillConfig.js';
import type { NamedTensors } from '../protocol/tensor.js';
import { chooseDevice } from '../runtime/devices.js';
import type { CorpusSource } from './corpusSource.js';
import { checkPair, loadStudent, maskedLmShapes, newStudent } from './languageModelSources.js';
import { teacherOf } from './languageModelStep.js';
import { languageModelTask } from './languageModelTask.js';
import { train } from './loop.js';
import { runCorpus } from './runCorpus.js';
import { checkFolder, type RunOptions } from './runStart.js';
import type { PreparedTask } from './task.js';

/** Runs a distillation. Throws what reading models and text throws, `vocabulariesDiffer`, `configImpossible`, and what `train` throws. */
export async function runDistill(config: DistillConfig, options: RunOptions): Promise<void> {
  await checkFolder(options);
  const { task } = await distillTask(config, options.configFile ?? options.out, runCorpus(options));
  await train(task, config, options);
}

/**
 * The task of a distillation. `place`: the config's file, for errors. Throws what reading models and the corpus throws, `vocabulariesDiffer`, `configImpossible`.
 */
export async function distillTask(config: DistillConfig, place: string, source: CorpusSource): Promise<PreparedTask> {
  const device = await chooseDevice(config.device);
  const teacher = await loadModel(config.teacher);
  const teacherWeights = selectParameters(maskedLmShapes(teacher.config), teacher.weights, teacher.folder);
  const { student: wanted, studentInit, teacherLayers, seed } = config;
  const student =
    typeof wanted === 'string'
      ? await loadStudent(wanted)
      : newStudent(wanted, teacher, studentInit, teacherLayers, seed, place);
  checkPair(student, teacher, config.alphaCos > 0, place);
  for (const model of [teacher.config, student.config]) checkLength(config.maxSeqLength, model);
  const vocabFile = vocabFileOf(teacher.folder);
  const tokenizer = loadTokenizer(vocabFile, teacher.config.vocabSize);
  const corpus = await source({ ...config, tokenizer, vocabFile, place });
  const dropout = { hiddenDropout: config.dropout, attentionDropout: config.dropout };
  const task = await languageModelTask({
    objective: 'distill',
    student: { ...student, config: { ...student.config, ...dropout } },
    teacher: await teacherOf(teacher),
    losses: {
      weights: {
        ce: config.alphaCe,
        mlm: config.alphaMlm,
        clm: config.alphaClm,
        mse: config.alphaMse,
        cos: config.alphaCos,
      },
      temperature: config.temperature,
      restrictCeToMask: config.restrictCeToMask,
    },
    corpus,
    vocabulary: tokenizer.vocabulary,
    settings: config,
    device,
  });
  return { task, teacherParameters: elements(teacherWeights), part: corpus.part };
}

function elements(tensors: NamedTensors): number {
  return [...tensors.values()].reduce((sum, { data }) => sum + data.length, 0);
}
