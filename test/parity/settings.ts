/** Reads the settings of a fixture's training run, whichever of their usual names they go by. */
import type { LossName } from '../../trainer-core/protocol/events.js';

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
  steps: ['steps', 'n_steps', 'num_steps'],
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

  /** The recipes that fit what is said: where nothing is said of a setting, each of its usual values. */
  recipes(microBatches: number): Recipe[] {
    const recipe = this.recipe(microBatches);
    const { schedule, adamw } = recipe;
    const usual = <T>(said: boolean, value: T, others: readonly T[]) => (said ? [value] : others);
    const says = (key: keyof typeof names) => this.number(names[key]) !== undefined;
    const steps =
      this.number(names.totalSteps) ?? this.number(names.steps) ?? Math.floor(microBatches / recipe.accumulation);
    const rates = usual(says('learningRate'), schedule.learningRate, [1e-3, 5e-4, 2e-3, 5e-3, 3e-3, 1e-4]);
    const decays = usual(says('weightDecay'), adamw.weightDecay, [0, 0.01]);
    const norms = usual(says('maxGradNorm'), adamw.maxGradNorm, [5, 1, Number.MAX_VALUE]);
    const moments = [
      { beta1: 0.9, beta2: 0.98, epsilon: 1e-6 },
      { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
      { beta1: 0.9, beta2: 0.999, epsilon: 1e-6 },
    ].map((each) => ({ ...each, ...this.#moments() }));
    const recipes: Recipe[] = [];
    for (const falling of this.#schedules(steps, schedule)) {
      for (const learningRate of rates) {
        for (const each of moments) {
          for (const weightDecay of decays) {
            for (const maxGradNorm of norms)
              recipes.push({
                ...recipe,
                schedule: { ...falling, learningRate },
                adamw: { ...each, weightDecay, maxGradNorm },
              });
          }
        }
      }
    }
    return recipes;
  }

  /** Linear falls to 0 with the warm-ups that may be meant, and rates that never fall. */
  #schedules(steps: number, schedule: Recipe['schedule']): Recipe['schedule'][] {
    const said = this.number(names.totalSteps) !== undefined;
    const warmup = this.number(names.warmupSteps);
    const proportion = this.number(names.warmupProportion);
    // A rate that never falls is one that falls over longer than anyone waits.
    return (said ? [steps] : [steps, steps + 1, Number.MAX_SAFE_INTEGER]).flatMap((totalSteps) => {
      const part = Math.min(totalSteps, steps + 1);
      const counts =
        warmup !== undefined
          ? [warmup]
          : proportion !== undefined
            ? [proportion < 1 ? Math.ceil(part * proportion) : proportion]
            : [0, Math.ceil(part * 0.05), Math.ceil(part * 0.1)];
      return counts.map((warmupSteps) => ({ ...schedule, totalSteps, warmupSteps }));
    });
  }

  /** What is said of the optimiser's moments. */
  #moments(): Partial<Recipe['adamw']> {
    const betas = this.#betaPair();
    const epsilon = this.number(names.epsilon);
    return { ...(betas ? { beta1: betas[0], beta2: betas[1] } : {}), ...(epsilon === undefined ? {} : { epsilon }) };
  }

  #betas(): [number, number] {
    return this.#betaPair() ?? [0.9, 0.98];
  }

  #betaPair(): [number, number] | undefined {
    const pair = this.layers.map((layer) => layer.betas ?? layer.adam_betas).find(Array.isArray);
    if (pair) return pair as [number, number];
    const [beta1, beta2] = [this.number(['adam_beta1', 'beta1']), this.number(['adam_beta2', 'beta2'])];
    return beta1 === undefined || beta2 === undefined ? undefined : [beta1, beta2];
  }
}

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
