/** What pre-training and distillation start from: a student of a config's shape. */
import { Random } from '../corpus/random.js';
import { type LoadedModel, loadModel, vocabFileOf } from '../hub/modelFiles.js';
import { longestSequence, type ModelConfig } from '../models/config.js';
import { encoderShapes, initialParameters, parameterShapes, selectParameters } from '../models/parameters.js';
import { chosenLayers, studentFromTeacher } from '../models/studentInit.js';
import type { ArchitectureConfig } from '../protocol/architectureConfig.js';
import type { DistillConfig } from '../protocol/distillConfig.js';
import { TrainerError } from '../protocol/errors.js';
import type { NamedTensors } from '../protocol/tensor.js';
import { readVocabulary } from '../tokenizer/vocabulary.js';
import { languageModelGraph } from './languageModelGraph.js';
import { initialProjections } from './projection.js';

export interface Student {
  config: ModelConfig;
  weights: NamedTensors;
  vocabFile: string;
}

/** BERT-base's figures, for what neither the config nor a teacher says. */
const base = { hiddenSize: 768, heads: 12, intermediateSize: 3072, maxPositions: 512 };

/** The config of a new model: what is left open is the teacher's, or BERT-base's. */
export function newModelConfig(
  architecture: ArchitectureConfig,
  modelType: ModelConfig['modelType'],
  vocabSize: number,
  teacher: ModelConfig | null,
): ModelConfig {
  const like = teacher ?? base;
  return {
    modelType,
    vocabSize,
    hiddenSize: architecture.hidden ?? like.hiddenSize,
    layers: architecture.layers,
    heads: architecture.heads ?? like.heads,
    intermediateSize: architecture.ffn ?? like.intermediateSize,
    maxPositions: architecture.maxPositionEmbeddings ?? (teacher ? longestSequence(teacher) : base.maxPositions),
    typeVocabSize: modelType === 'bert' ? 2 : 0,
    layerNormEpsilon: 1e-12,
    hiddenDropout: 0.1,
    attentionDropout: 0.1,
    classifierDropout: modelType === 'bert' ? 0.1 : 0.2,
    initializerRange: teacher?.initializerRange ?? 0.02,
    sinusoidalPositions: modelType === 'distilbert' && architecture.sinusoidalPositionEmbeddings,
    padTokenId: teacher?.padTokenId ?? 0,
    labels: [],
    temperature: 1,
    problemType: 'single_label_classification',
  };
}

/** Random weights for a masked language model of this config; the same seed gives the same weights. */
export function randomWeights(config: ModelConfig, seed: number): NamedTensors {
  const random = Random.fromSeed(seed).fork('weights');
  return initialParameters(maskedLmShapes(config), config, () => random.normal());
}

/** A student that goes on from a folder. Throws `tensorsMissing`, `tensorsMisshapen`. */
export async function loadStudent(folder: string): Promise<Student> {
  const { config, weights } = await loadModel(folder);
  return { config, weights: selectParameters(maskedLmShapes(config), weights, folder), vocabFile: vocabFileOf(folder) };
}

/** How a new student is made. */
export interface NewStudent extends Pick<DistillConfig, 'studentInit' | 'teacherLayers' | 'initializerRange' | 'seed'> {
  student: ArchitectureConfig;
}

/**
 * A new student for a teacher.
 * @param file the config file, for errors.
 * @throws TrainerError `configImpossible` when the teacher lacks the layers or is of another size.
 */
export function newStudent(
  { student: wanted, studentInit, teacherLayers, initializerRange, seed }: NewStudent,
  teacher: LoadedModel,
  file: string,
): Student {
  const like = newModelConfig(wanted, 'distilbert', teacher.config.vocabSize, teacher.config);
  const config = { ...like, initializerRange: initializerRange ?? like.initializerRange };
  const vocabFile = vocabFileOf(teacher.folder);
  if (studentInit === 'random') return { config, weights: randomWeights(config, seed), vocabFile };
  const wantedLayers = teacherLayers ?? 'spread';
  const layers =
    typeof wantedLayers === 'string' ? chosenLayers(wantedLayers, teacher.config.layers, config.layers) : wantedLayers;
  const copied = studentFromTeacher(config, teacher.config, teacher.weights, layers, file);
  return { config: { ...config, sinusoidalPositions: false }, weights: copied, vocabFile };
}

/** Projections from the student's hidden states to the teacher's width; none where the two are the same. The same seed gives the same. */
export function newProjections(student: ModelConfig, teacher: ModelConfig, seed: number): NamedTensors {
  const random = Random.fromSeed(seed).fork('projections');
  const { hiddenSize, initializerRange } = student;
  return initialProjections(hiddenSize, teacher.hiddenSize, initializerRange, () => random.normal());
}

/** The model with a random masked-LM head in place of none, for a student to start from. */
export function withNewHead(model: LoadedModel, seed: number): LoadedModel {
  const random = Random.fromSeed(seed).fork('head');
  const ofEncoder = encoderShapes(model.config);
  const shapes = new Map([...maskedLmShapes(model.config)].filter(([name]) => !ofEncoder.has(name)));
  const head = initialParameters(shapes, model.config, () => random.normal());
  return { ...model, weights: new Map([...model.weights, ...head]) };
}

/** Name and shape of a masked language model's parameters. */
export function maskedLmShapes(config: ModelConfig): Map<string, number[]> {
  const { graph } = languageModelGraph({
    student: config,
    teacher: null,
    weights: { mlm: 1 },
    temperature: 1,
    restrictCeToMask: false,
    attentionMask: true,
    labelledChunks: 1,
    otherChunks: 0,
  });
  return parameterShapes(graph);
}

/** True when two vocabulary files give every id the same piece. */
function samePieces(a: string, b: string): boolean {
  if (a === b) return true;
  const [first, second] = [readVocabulary(a).pieces, readVocabulary(b).pieces];
  return first.length === second.length && first.every((piece, id) => piece === second[id]);
}

/** Throws `vocabulariesDiffer` when student and teacher cannot be compared. */
export function checkPair(student: Student, teacher: LoadedModel): void {
  const [studentSize, teacherSize] = [student.config.vocabSize, teacher.config.vocabSize];
  if (studentSize === teacherSize && samePieces(student.vocabFile, vocabFileOf(teacher.folder))) return;
  const names = { teacher: teacher.folder, student: student.vocabFile };
  throw new TrainerError('vocabulariesDiffer', { ...names, teacherSize, studentSize });
}
