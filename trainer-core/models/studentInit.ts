/** Starting a student from its teacher's weights: Hugging Face's `extract_distilbert.py --vocab_transform`. */
import type { LayerChoice } from '../protocol/distillConfig.js';
import { TrainerError } from '../protocol/errors.js';
import type { FloatTensor, NamedTensors } from '../protocol/tensor.js';
import { firstPosition, longestSequence, type ModelConfig } from './config.js';
import { embeddingParameter, layerParameter, layerParts } from './encoder.js';
import { maskedLmParameters } from './heads.js';

/** Teacher layers spread evenly over the student's, first and last included: 0 2 4 7 9 11 for 12 to 6. */
export function spreadLayers(teacherLayers: number, studentLayers: number): number[] {
  const gap = studentLayers > 1 ? (teacherLayers - 1) / (studentLayers - 1) : 0;
  return Array.from({ length: studentLayers }, (_, i) => Math.round(i * gap));
}

/** The teacher's layers that a name stands for; fewer than the student has where there are not enough. */
export function chosenLayers(choice: LayerChoice, teacherLayers: number, studentLayers: number): number[] {
  if (choice === 'spread') return spreadLayers(teacherLayers, studentLayers);
  const stride = choice === 'alternate' ? Math.floor(teacherLayers / studentLayers) : 1;
  const first = choice === 'last' ? teacherLayers - studentLayers : 0;
  if (stride === 0) return [];
  const layers = Array.from({ length: studentLayers }, (_, i) => first + i * stride);
  return layers.filter((layer) => layer >= 0 && layer < teacherLayers);
}

/** The teacher's layer for each of the student's, at the same part of the depth (TinyBERT's g(m) = m·N/M): 1 3 5 7 9 11 for 12 to 6. */
export function matchedUniformly(teacherLayers: number, studentLayers: number): number[] {
  return Array.from({ length: studentLayers }, (_, i) =>
    Math.max(0, Math.round(((i + 1) * teacherLayers) / studentLayers) - 1),
  );
}

/**
 * The student's parameters taken from the teacher: embeddings and their norm, the chosen layers, and the MLM head.
 * Tensors are shared with the teacher, not copied. Of the positions a student may have fewer.
 * @param file the config file, for errors.
 * @throws TrainerError `configImpossible` when a layer is not there or the sizes differ.
 */
export function studentFromTeacher(
  student: ModelConfig,
  teacher: ModelConfig,
  weights: NamedTensors,
  teacherLayers: readonly number[],
  file: string,
): NamedTensors {
  const fail = (keys: string[], reason: 'layers-not-in-teacher' | 'sizes-differ') =>
    new TrainerError('configImpossible', { file, line: null, keys, reason });
  if (teacherLayers.length !== student.layers || teacherLayers.some((layer) => layer >= teacher.layers)) {
    throw fail(['teacherLayers', 'student.layers'], 'layers-not-in-teacher');
  }
  const sizes = ['hiddenSize', 'intermediateSize', 'heads'] as const;
  if (sizes.some((size) => student[size] !== teacher[size]) || student.maxPositions > longestSequence(teacher))
    throw fail(['studentInit', 'student'], 'sizes-differ');

  const copies: [to: string, from: string][] = [];
  const [words, positions] = (['word_embeddings', 'position_embeddings'] as const).map((part) =>
    [student, teacher].map((config) => `${embeddingParameter(config, part)}.weight`),
  ) as [[string, string], [string, string]];
  copies.push(words, positions);
  const pair = (to: string, from: string) => {
    for (const kind of ['weight', 'bias']) copies.push([`${to}.${kind}`, `${from}.${kind}`]);
  };
  pair(embeddingParameter(student, 'LayerNorm'), embeddingParameter(teacher, 'LayerNorm'));
  teacherLayers.forEach((from, to) => {
    for (const part of layerParts) pair(layerParameter(student, to, part), layerParameter(teacher, from, part));
  });
  const [studentHead, teacherHead] = [maskedLmParameters(student), maskedLmParameters(teacher)];
  pair(studentHead.dense, teacherHead.dense);
  pair(studentHead.norm, teacherHead.norm);
  copies.push([studentHead.bias, teacherHead.bias]);
  const taken: NamedTensors = new Map(copies.map(([to, from]) => [to, weights.get(from) as FloatTensor]));
  if (student.maxPositions !== teacher.maxPositions) {
    const { data } = taken.get(positions[0]) as FloatTensor;
    const [start, rows] = [firstPosition(teacher), student.maxPositions];
    const part = data.subarray(start * student.hiddenSize, (start + rows) * student.hiddenSize);
    taken.set(positions[0], { dims: [rows, student.hiddenSize], data: part });
  }
  return taken;
}
