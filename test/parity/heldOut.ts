/** Scores models on the held-out batches of a curve fixture, and compares with the results that its file names. */
import type { LoadedModel } from '../../trainer-core/hub/modelFiles.js';
import type { LanguageModelBatch } from '../../trainer-core/training/languageModelBatch.js';
import { predictions } from './forward.js';
import { type Findings, greatestRatio, limits } from './measurement.js';
import { replay } from './replay.js';
import { isObject, type Json, type Recipe } from './settings.js';

/** A model's score: for each loss its mean over what it counts, and over batches. */
export interface Score {
  losses: Record<string, number[]>;
  accuracy: number;
  targets: number;
}

/** Scores a model; `recipe` says which losses, and the weights do not move. */
export async function score(
  model: LoadedModel,
  teacher: LoadedModel | null,
  recipe: Recipe,
  batches: readonly LanguageModelBatch[],
): Promise<Score> {
  const still = { ...recipe, accumulation: 1, schedule: { ...recipe.schedule, learningRate: 0 } };
  const { losses } = await replay({ student: model, teacher, recipe: still, batches });
  const labelled = batches.map(({ labels }) => labels.filter((label) => label >= 0).length);
  const tokens = batches.map(({ lengths }) => lengths.reduce((a, b) => a + b, 0));
  const sum = (xs: readonly number[]) => xs.reduce((a, b) => a + b, 0);
  const mean = (xs: readonly number[], weights: readonly number[]) =>
    sum(xs.map((x, i) => x * (weights[i] as number))) / sum(weights);
  const means: Record<string, number[]> = {};
  for (const name of Object.keys(losses[0] ?? {})) {
    const column = losses.map((row) => row[name] as number);
    means[name] = [
      mean(column, name === 'mlm' ? labelled : tokens),
      mean(
        column,
        column.map(() => 1),
      ),
    ];
  }
  let right = 0;
  for (const batch of batches) {
    const predicted = await predictions(model, batch);
    batch.labels.forEach((label, i) => {
      if (label >= 0 && predicted[i] === label) right++;
    });
  }
  return { losses: means, accuracy: right / sum(labelled), targets: sum(labelled) };
}

/** Which model a result is of, by the words on the way to it; the first that fits. */
const modelWords: readonly [RegExp, string][] = [
  [/teacher_init|teacher\.(init|before|start)/, 'teacher_init'],
  [/teacher_after_200/, 'teacher_after_200'],
  [/student_init_from_teacher|init_from_teacher|from_teacher.*(init|before|start)/, 'student_init_from_teacher'],
  [/from_teacher/, 'from_teacher'],
  [/mlm_only.*(init|before|start)/, 'student_init'],
  [/mlm_only/, 'mlm_only'],
  [/student_init|init|before|start|untrained/, 'student_init'],
  [/student_final|main|student|final/, 'student_final'],
  [/teacher/, 'teacher'],
];

/** Compares every number under `results` whose model and kind can be told from its path. */
export function compareHeldOut(results: unknown, scores: ReadonlyMap<string, Score>, findings: Findings): void {
  for (const [path, expected] of numbersIn(results, [])) {
    const place = path.join('.').toLowerCase();
    const scored = scores.get(modelWords.find(([words]) => words.test(place))?.[1] ?? '');
    const got = scored && candidates(place, path.at(-1) as string, scored);
    if (!scored || !got) {
      findings.note(`held-out ${path.join('.')} = ${expected}: not compared`);
      continue;
    }
    const { values, limit } = got;
    // A mean over batches and a mean over targets are both called a mean: the fixture's is the one that agrees.
    const difference = Math.min(
      ...values.map((x) => (limit === limits.curve ? greatestRatio([x], [expected]) : Math.abs(x - expected))),
    );
    findings.measure(`held-out ${path.join('.')}`, difference, limit);
  }
}

function candidates(place: string, last: string, { losses, accuracy, targets }: Score) {
  const key = last.toLowerCase();
  // One target more or less may tip where two ids score the same.
  if (/acc/.test(key)) return { values: [accuracy, accuracy * 100], limit: 1.01 / targets };
  if (/targets|count|^n$|^n_/.test(key)) return { values: [targets], limit: limits.exact };
  const { mlm = [], ce = [], cos = [], total = [] } = losses;
  const relative = (values: number[]) => (values.length > 0 ? { values, limit: limits.curve } : null);
  if (/ppl|perplexity/.test(key)) return relative(mlm.map(Math.exp));
  if (/total/.test(key)) return relative(total);
  if (/cos/.test(key)) return relative(cos);
  if (/(^|_)ce($|_)|kl/.test(key)) return relative(ce);
  if (/mlm|nll|xent/.test(key)) return relative(mlm);
  return /loss|init|final|main|from_teacher|teacher|student|before|after/.test(key) || place === key
    ? relative([...mlm, ...total])
    : null;
}

function numbersIn(value: unknown, path: string[]): [path: string[], value: number][] {
  if (typeof value === 'number') return [[path, value]];
  if (!isObject(value)) return [];
  return Object.entries(value as Json).flatMap(([key, each]) => numbersIn(each, [...path, key]));
}
