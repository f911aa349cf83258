/**
 * The settings that are compared: each variant changes one thing of another one. `published` is the recipe of DistilBERT-base-jp scaled
 * to the sample. What made the largest difference was kept, one step after another: `copied`, `even-masks`, `even-restricted`; everything
 * else is compared with the last of these.
 */
import type { DistillConfigInput } from '../../../trainer-core/protocol/distillConfig.js';

/** A config but for its paths, its budget and its seed. */
export type Settings = Omit<DistillConfigInput, 'teacher' | 'corpus' | 'numEpochs' | 'seed'>;

export interface Variant {
  name: string;
  /** The variant whose settings it changes and whose scores it is compared with; null: it stands on its own. */
  of: string | null;
  /** Null: the teacher itself takes the student's place. */
  settings: Settings | null;
  /** Part of the budget it is given, where it is another than all of it; a run has one step at least. */
  budget?: number;
  /** What is changed, for the table. */
  words: string;
}

/** As `media/presets/published.distill.json`, with a student of half the sample teacher's layers, short sequences and small steps. */
const PUBLISHED = {
  student: { layers: 2, sinusoidalPositionEmbeddings: true },
  studentInit: 'random',
  corpusSettings: { sequences: 'lines', textDocuments: 'lines' },
  maxSeqLength: 64,
  wholeWordMasking: false,
  freezePositionEmbeddings: true,
  batchSize: 8,
  gradientAccumulationSteps: 1,
  learningRate: 5e-4,
} satisfies Settings;

/** The longest sequence of all variants, in pieces, and of the held-out ones. */
export const { maxSeqLength: MAX_LENGTH } = PUBLISHED;

const of = (base: string) => (name: string, settings: Settings, words: string, budget?: number) => ({
  ...{ name, of: base, settings, words },
  ...(budget === undefined ? {} : { budget }),
});
const published = of('published');
const copied = of('copied');
const even = of('even-masks');
const kept = of('even-restricted');

/** `media/presets/recommended.distill.json`, where it differs from the published recipe in what the student learns. */
const RECOMMENDED = {
  studentInit: 'teacher-layers',
  mlmSmoothing: 0,
  restrictCeToMask: true,
  alphaMlm: [0, 2],
  corpusSettings: { sequences: 'packed', textDocuments: 'blankLines' },
} satisfies Settings;

/** In the order in which they are run; what another is compared with comes before it. */
export const VARIANTS: readonly Variant[] = [
  { name: 'teacher', of: null, settings: null, words: 'the teacher itself, fine-tuned' },
  { name: 'published', of: null, settings: PUBLISHED, words: 'the published recipe, scaled' },
  published('copied', { studentInit: 'teacher-layers' }, '`studentInit: "teacher-layers"`'),
  copied('untrained', {}, 'as it starts: one step', 1e-9),
  copied('restrict-ce', { restrictCeToMask: true }, '`restrictCeToMask`'),
  copied('even-masks', { mlmSmoothing: 0 }, '`mlmSmoothing: 0`'),
  copied('teacher-int8', { teacherPrecision: 'int8' }, '`teacherPrecision: "int8"`'),
  even('even-restricted', { restrictCeToMask: true }, '`restrictCeToMask` as well'),
  kept('whole-words', { wholeWordMasking: true }, '`wholeWordMasking`'),
  kept('layers-alternate', { teacherLayers: 'alternate' }, '`teacherLayers: "alternate"` (0 2 instead of 0 3)'),
  kept('layers-first', { teacherLayers: 'first' }, '`teacherLayers: "first"` (0 1)'),
  kept('layers-last', { teacherLayers: 'last' }, '`teacherLayers: "last"` (2 3)'),
  kept('hidden', { alphaHidden: 1 }, '`alphaHidden: 1` (TinyBERT)'),
  kept('attention', { alphaAttention: 1 }, '`alphaAttention: 1` (TinyBERT)'),
  kept('relation', { alphaRelation: 1 }, '`alphaRelation: 1` (MiniLMv2)'),
  kept('free-positions', { freezePositionEmbeddings: false }, '`freezePositionEmbeddings: false`'),
  kept('packed', { corpusSettings: { sequences: 'packed', textDocuments: 'blankLines' } }, '`sequences: "packed"`'),
  kept('rate-double', { learningRate: 1e-3 }, '`learningRate` twice as high'),
  kept('rate-half', { learningRate: 2.5e-4 }, '`learningRate` half as high'),
  kept('batch-half', { batchSize: 4 }, '`batchSize` halved, twice the steps'),
  kept('mlm-rising', { alphaMlm: [0, 2] }, '`alphaMlm: [0, 2]`'),
  kept('mlm-off', { alphaMlm: 0 }, '`alphaMlm: 0`'),
  kept('cos-off', { alphaCos: 0 }, '`alphaCos: 0`'),
  kept('cooling', { temperature: [4, 1] }, '`temperature: [4, 1]`'),
  kept('longer', {}, 'twice the text', 2),
  published('recommended', RECOMMENDED, 'the recommended preset, scaled'),
  published('learned-positions', { freezePositionEmbeddings: false }, '`freezePositionEmbeddings: false`'),
];

/** All settings of a variant: its own over those of what it changes. Null for the teacher. */
export function settingsOf(name: string): Settings | null {
  const { of: base, settings } = variantOf(name);
  return base === null || settings === null ? settings : { ...settingsOf(base), ...settings };
}

/** The variant of this name; throws for one that is not there. */
export function variantOf(name: string): Variant {
  const found = VARIANTS.find((variant) => variant.name === name);
  if (!found) throw new Error(`No variant ${name}. There are: ${VARIANTS.map((each) => each.name).join(', ')}.`);
  return found;
}
