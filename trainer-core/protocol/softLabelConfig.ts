/** What a classifier learns from another one that is fine-tuned already: the second distillation of Sanh et al. 2019 (§4.1), as in Hugging Face's `run_squad_w_distillation.py`. */

import * as z from 'zod';
import { impossible } from './configChecks.js';
import { DEVICE_CHOICES } from './devices.js';

/** The fields of a teacher of soft labels. Names follow the distillation's; `alphaLabels` is the script's `alpha_squad`. */
export const softLabelFields = {
  teacher: z
    .string()
    .min(1)
    .meta({ path: true })
    .nullable()
    .default(null)
    .describe(
      'Folder of a fine-tuned classifier with the same labels, of any size and vocabulary, whose answers are learned beside the labels; null: none.',
    ),
  teacherMaxSeqLength: z
    .int()
    .min(3)
    .nullable()
    .default(null)
    .describe('Pieces of a text that the teacher reads; null: as many as the student (maxSeqLength).'),
  teacherDevice: z
    .enum(DEVICE_CHOICES)
    .nullable()
    .default(null)
    .describe("Where the teacher computes, if not where the student does; null: on the student's device."),
  temperature: z.number().gt(0).default(2).describe("Softens both models' answers where they are compared."),
  alphaCe: z
    .number()
    .min(0)
    .default(0.5)
    .describe(
      "Weight of the difference from the teacher's softened answers (Hinton et al. 2015); only with a teacher.",
    ),
  alphaLabels: z.number().min(0).default(0.5).describe('Weight of the loss against the labels; 1 without a teacher.'),
  unlabelled: z
    .string()
    .min(1)
    .meta({ path: true })
    .nullable()
    .default(null)
    .describe('More texts, without labels or with some that are ignored, for the teacher to answer; null: none.'),
};

type SoftLabelFields = { [Key in keyof typeof softLabelFields]: z.output<(typeof softLabelFields)[Key]> };

/** Reports a teacher that nothing is learned from, and texts without labels that nobody answers. */
export function checkSoftLabels(config: SoftLabelFields, context: z.core.$RefinementCtx<unknown>): void {
  const { teacher, alphaCe, alphaLabels, unlabelled } = config;
  if (teacher === null && unlabelled !== null)
    impossible(context, 'unlabelled-without-teacher', ['unlabelled', 'teacher']);
  if (teacher !== null && alphaCe === 0 && alphaLabels === 0)
    impossible(context, 'no-classifier-loss', ['alphaCe', 'alphaLabels']);
}
