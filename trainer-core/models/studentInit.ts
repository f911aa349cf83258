/** Starting a student from its teacher's weights: Hugging Face's `extract_distilbert.py --vocab_transform`. */
import { TrainerError } from '../protocol/errors.js';
import type { FloatTensor, NamedTensors } from '../protocol/tensor.js';
import type { ModelConfig } from './config.js';
import { embeddingParameter, layerParameter, layerParts } from './encoder.js';
import { maskedLmParameters } from './heads.js';

/** Teacher layers spread evenly over the student's, first and last included: 0 2 4 7 9 11 for 12 to 6. */
export function spreadLayers(teacherLayers: number, studentLayers: number): number[] {
  const gap = studentLayers > 1 ? (teacherLayers - 1) / (studentLayers - 1) : 0;
  return Array.from({ length: studentLayers }, (_, i) => Math.round(i * gap));
}

/**
 * The student's parameters taken from the teacher: embeddings and their norm, the chosen layers, and the MLM head.
 * Tensors are shared with the teacher, not copied.
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
  const fail = (keys: string[], reason: 'layers-not-in-teacher' | 'hidden-sizes-differ') =>
    new TrainerError('configImpossible', { file, line: null, keys, reason });
  if (teacherLayers.length !== student.layers || teacherLayers.some((layer) => layer >= teacher.layers)) {
    throw fail(['teacherLayers', 'student.layers'], 'layers-not-in-teacher');
  }
  const sizes = ['hiddenSize', 'intermediateSize', 'heads', 'maxPositions'] as const;
  if (sizes.some((size) => student[size] !== teacher[size]))
    throw fail(['student', 'studentInit'], 'hidden-sizes-differ');

  const copies: [to: string, from: string][] = [];
  for (const part of ['word_embeddings', 'position_embeddings'] as const) {
    copies.push([`${embeddingParameter(student, part)}.weight`, `${embeddingParameter(teacher, part)}.weight`]);
  }
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
  return new Map(copies.map(([to, from]) => [to, weights.get(from) as FloatTensor]));
}
