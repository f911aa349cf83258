/** A student made from its teacher's layers against Hugging Face's `extract_distilbert.py --vocab_transform`: equal to the last bit. */
import { join } from 'node:path';
import { readSafetensors } from '../../trainer-core/checkpoint/safetensors.js';
import { type LoadedModel, loadModel } from '../../trainer-core/hub/modelFiles.js';
import { spreadLayers, studentFromTeacher } from '../../trainer-core/models/studentInit.js';
import type { NamedTensors } from '../../trainer-core/protocol/tensor.js';
import { compareTensors, type Findings, limits } from './measurement.js';

/** Compares every tensor of `student_from_teacher.safetensors` with what we take from `teacher/`. */
export async function checkExtract(folder: string, findings: Findings): Promise<void> {
  const expected = await readSafetensors(join(folder, 'student_from_teacher.safetensors'));
  compareExtracted(await loadModel(join(folder, 'teacher')), expected, findings);
}

/**
 * Compares a student that was made from `teacher` with the one that we make.
 * @param headLimit null: the reference does not say whether the MLM head was taken too, so its difference is for reading only.
 */
export function compareExtracted(
  teacher: LoadedModel,
  expected: NamedTensors,
  findings: Findings,
  headLimit: number | null = limits.exact,
): void {
  const layers = new Set([...expected.keys()].flatMap((name) => /layer\.(\d+)\./.exec(name)?.[1] ?? [])).size;
  const config = { ...teacher.config, modelType: 'distilbert' as const, typeVocabSize: 0, layers };
  const from = spreadLayers(teacher.config.layers, layers);
  const got = studentFromTeacher(config, teacher.config, teacher.weights, from, teacher.folder);
  const isEncoder = (name: string) => name.startsWith('distilbert.');
  const isHead = (name: string) => !isEncoder(name) && name !== 'vocab_projector.weight';
  const title = `student from teacher layers ${from.join(' ')}`;
  findings.measure(title, compareTensors(got, expected, isEncoder).difference, limits.exact);
  findings.measure(`${title}: MLM head`, compareTensors(got, expected, isHead).difference, headLimit);
}
