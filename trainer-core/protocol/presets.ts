/** The settings that a new run can start from: partial configs that lack only the paths of models and data. */

/** Minutes; the recipe of DistilBERT-base-jp to the letter; what we would do today. */
export const PRESETS = ['quick', 'published', 'recommended'] as const;
export type Preset = (typeof PRESETS)[number];

/** Where each preset stands, from the project's (and the extension's) folder. */
export const PRESET_FILES = {
  distill: {
    quick: 'media/presets/quick.distill.json',
    published: 'media/presets/published.distill.json',
    recommended: 'media/presets/recommended.distill.json',
  },
  finetune: {
    quick: 'media/presets/quick.finetune.json',
    published: 'media/presets/published.finetune.json',
    recommended: 'media/presets/recommended.finetune.json',
  },
} as const satisfies Record<string, Record<Preset, string>>;
