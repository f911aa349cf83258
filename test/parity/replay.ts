/** Runs the trainer's own step over a fixture's micro-batches, as Hugging Face's distiller does with its own. */
import type { LoadedModel } from '../../trainer-core/hub/modelFiles.js';
import { embeddingParameter } from '../../trainer-core/models/encoder.js';
import { learningRateAt } from '../../trainer-core/optim/schedule.js';
import type { NamedTensors } from '../../trainer-core/protocol/tensor.js';
import { cpuDevice } from '../../trainer-core/runtime/devices.js';
import type { LanguageModelBatch } from '../../trainer-core/training/languageModelBatch.js';
import { type LanguageModelLayout, LanguageModelStep } from '../../trainer-core/training/languageModelStep.js';
import { teacherOf } from '../../trainer-core/training/teacher.js';
import { accumulated } from '../support/steps.js';
import type { Recipe } from './settings.js';

export interface ReplayOptions {
  student: LoadedModel;
  teacher: LoadedModel | null;
  recipe: Recipe;
  batches: readonly LanguageModelBatch[];
  /** Default: everything at once. */
  layout?: LanguageModelLayout;
  /** True: the micro-batches of a step share runs, as the trainer makes them. False (default): one after another. */
  together?: boolean;
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

/**
 * The losses of every micro-batch by name, with `total`, and the student's trained weights at the end.
 * Of micro-batches together the losses are known as their mean alone, one for each step.
 */
export async function replay(
  options: ReplayOptions,
): Promise<{ losses: Record<string, number>[]; values: NamedTensors }> {
  const { student, teacher, recipe, batches, onStep } = options;
  const layout = options.layout ?? { labelledChunks: 1, otherChunks: 1, tokensPerRun: Number.POSITIVE_INFINITY };
  const each = options.together ? recipe.accumulation : 1;
  const model = await LanguageModelStep.create({
    student: { ...student, source: student.folder },
    teacher: teacher && (await teacherOf(teacher)),
    losses: recipe,
    layout,
    frozen: recipe.freezePositions ? [`${embeddingParameter(student.config, 'position_embeddings')}.weight`] : [],
    adamw: recipe.adamw,
    accumulate: true,
    device: cpuDevice(1),
  });
  const { step } = model;
  const values = step.store.views(step.store.values);
  const losses: Record<string, number>[] = [];
  for (let at = 0; at < batches.length; at += each) {
    const sums: Record<string, number> = {};
    for await (const run of model.runs(batches.slice(at, at + each))) {
      const found = await accumulated(step, run, 1 / recipe.accumulation, 0);
      for (const [name, loss] of Object.entries(found)) sums[name] = (sums[name] ?? 0) + loss / each;
    }
    losses.push(sums);
    if ((at + each) % recipe.accumulation !== 0) continue;
    const gradientNorm = await step.gradientNorm();
    const learningRate = options.learningRates?.[step.step] ?? learningRateAt(recipe.schedule, step.step);
    await step.update(learningRate);
    onStep?.({ step: step.step, learningRate, gradientNorm, gradients: await step.gradients(), values });
  }
  await model.dispose();
  return { losses, values };
}
