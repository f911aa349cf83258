/** Reads the settings of a fixture's training run, whichever of their usual names they go by. */
import type { LossName } from '../../trainer-core/training/languageModelGraph.js';

export type Json = Record<string, unknown>;

/** How a reference run was trained. */
export interface Recipe {
  weights: Partial<Record<LossName, number>>;
  temperature: number;
  restrictCeToMask: boolean;
  accumulation: number;
  freezePositions: boolean;
  schedule: { learningRate: number; totalSteps: number; warmupSteps: number };
  adamw: { beta1: number; beta2: number; epsilon: number; weightDecay: number; maxGradNorm: number };
}

const names = {
  learningRate: ['learning_rate', 'lr'],
  epsilon: ['adam_epsilon', 'eps', 'adam_eps', 'epsilon'],
  weightDecay: ['weight_decay', 'wd'],
  maxGradNorm: ['max_grad_norm', 'max_norm', 'clip', 'grad_clip', 'clip_norm'],
  accumulation: ['gradient_accumulation_steps', 'accum', 'accumulation'],
  totalSteps: ['schedule_total_steps', 'total_steps', 't_total', 'num_train_optimization_steps'],
  warmupSteps: ['schedule_warmup_steps', 'warmup_steps'],
  warmupProportion: ['warmup_prop', 'warmup_proportion', 'warmup_ratio', 'warmup'],
} as const;

/** Settings in layers, the more special first. */
export class Settings {
  constructor(readonly layers: readonly Json[]) {}

  number(keys: readonly string[]): number | undefined {
    for (const layer of this.layers) {
      for (const key of keys) if (typeof layer[key] === 'number') return layer[key];
    }
    return undefined;
  }

  flag(key: string): boolean {
    return this.layers.find((layer) => key in layer)?.[key] === true;
  }

  /** The learning rate, or undefined when the fixture does not say. */
  get learningRate(): number | undefined {
    return this.number(names.learningRate);
  }

  /**
   * The recipe; Hugging Face's distiller's defaults where the fixture says nothing.
   * @param microBatches how many the run works through, from which the schedule's length follows when it is not given.
   */
  recipe(microBatches: number): Recipe {
    const read = (key: keyof typeof names, fallback: number) => this.number(names[key]) ?? fallback;
    const accumulation = read('accumulation', 1);
    const totalSteps = read('totalSteps', Math.floor(microBatches / accumulation) + 1);
    const [beta1, beta2] = this.#betas();
    const weight = (loss: LossName) => this.number([`alpha_${loss}`]) ?? 0;
    return {
      weights: { ce: weight('ce'), mlm: weight('mlm'), clm: weight('clm'), mse: weight('mse'), cos: weight('cos') },
      temperature: this.number(['temperature']) ?? 2,
      restrictCeToMask: this.flag('restrict_ce_to_mask'),
      accumulation,
      freezePositions: this.flag('freeze_pos_embs'),
      schedule: {
        learningRate: read('learningRate', 5e-4),
        totalSteps,
        warmupSteps: read('warmupSteps', Math.ceil(totalSteps * read('warmupProportion', 0.05))),
      },
      adamw: {
        beta1,
        beta2,
        epsilon: read('epsilon', 1e-6),
        weightDecay: read('weightDecay', 0),
        maxGradNorm: read('maxGradNorm', 5),
      },
    };
  }

  #betas(): [number, number] {
    const pair = this.layers.map((layer) => layer.betas ?? layer.adam_betas).find(Array.isArray);
    if (pair) return pair as [number, number];
    return [this.number(['adam_beta1', 'beta1']) ?? 0.9, this.number(['adam_beta2', 'beta2']) ?? 0.98];
  }
}

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
