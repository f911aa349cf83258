/** Runs the trainer's own step over a fixture's micro-batches, as Hugging Face's distiller does with its own. */
import type { LoadedModel } from '../../trainer-core/hub/modelFiles.js';
import { embeddingParameter } from '../../trainer-core/models/encoder.js';
import { learningRateAt } from '../../trainer-core/optim/schedule.js';
import type { NamedTensors } from '../../trainer-core/protocol/tensor.js';
import type { LanguageModelBatch } from '../../trainer-core/training/languageModelBatch.js';
import {
  type LanguageModelLayout,
  LanguageModelStep,
  teacherOf,
} from '../../trainer-core/training/languageModelStep.js';
import type { Recipe } from './settings.js';

export interface ReplayOptions {
  student: LoadedModel;
  teacher: LoadedModel | null;
  recipe: Recipe;
  batches: readonly LanguageModelBatch[];
  /** Default: everything at once. */
  layout?: LanguageModelLayout;
  /** Learning rates of the optimiser steps, when they do not come from the recipe's schedule. */
  learningRates?: readonly number[];
  /** Called after each optimiser step, with views that are good until it returns. */
  onStep?(step: OptimiserStep): void;
}

export interface OptimiserStep {
  /** Counted from 1. */
  step: number;
  learningRate: number;
  /** Before clipping. */
  gradientNorm: number;
  gradients: NamedTensors;
  /** All trained weights after the step. */
  values: NamedTensors;
}

/** The losses of every micro-batch by name, with `total`, and the student's trained weights at the end. */
export async function replay(
  options: ReplayOptions,
): Promise<{ losses: Record<string, number>[]; values: NamedTensors }> {
  const { student, teacher, recipe, batches, onStep } = options;
  const sequences = batches[0]?.batchSize ?? 1;
  const layout = options.layout ?? { labelledChunks: 1, otherChunks: 1, sequencesPerRun: sequences };
  const model = await LanguageModelStep.create({
    student: { ...student, source: student.folder },
    teacher: teacher && (await teacherOf(teacher)),
    losses: recipe,
    layout,
    frozen: recipe.freezePositions ? [`${embeddingParameter(student.config, 'position_embeddings')}.weight`] : [],
    adamw: recipe.adamw,
    accumulate: recipe.accumulation > 1 || layout.sequencesPerRun < sequences,
    threads: 1,
  });
  const { step } = model;
  const values = step.store.views(step.store.values);
  const losses: Record<string, number>[] = [];
  for (const batch of batches) {
    const sums: Record<string, number> = {};
    for (const run of await model.runs(batch)) {
      const found = await step.accumulate(run, 1 / recipe.accumulation, 0);
      for (const [name, loss] of Object.entries(found)) sums[name] = (sums[name] ?? 0) + loss;
    }
    losses.push(sums);
    if (losses.length % recipe.accumulation !== 0) continue;
    const gradientNorm = step.gradientNorm();
    const learningRate = options.learningRates?.[step.step] ?? learningRateAt(recipe.schedule, step.step);
    await step.update(learningRate, gradientNorm);
    onStep?.({ step: step.step, learningRate, gradientNorm, gradients: step.gradients(), values });
  }
  await model.dispose();
  return { losses, values };
}
