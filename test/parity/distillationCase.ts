/** One training case against Hugging Face's distiller: losses, learning rates, norms, gradients, weights after K steps. */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSafetensors } from '../../trainer-core/checkpoint/safetensors.js';
import { loadModel } from '../../trainer-core/hub/modelFiles.js';
import type { NamedTensors } from '../../trainer-core/protocol/tensor.js';
import { readBatches } from './batches.js';
import { compareTensors, type Findings, gradientLimit, greatestRatio, isKeyBias, limits } from './measurement.js';
import { type ReplayOptions, replay } from './replay.js';
import { isObject, type Json, type Recipe, Settings } from './settings.js';

/** How a case's work is cut up; the result must not depend on it. */
export type Cut = Pick<ReplayOptions, 'layout' | 'together'>;

/** Replays `folder/name/`. What the case does not hold is not compared. */
export async function checkCase(folder: string, name: string, findings: Findings, cut: Cut = {}): Promise<void> {
  const place = join(folder, name);
  const json = JSON.parse(await readFile(join(place, 'case.json'), 'utf8')) as Json;
  const settings = isObject(json.settings) ? json.settings : {};
  const micro = Array.isArray(json.micro_batches) ? (json.micro_batches as Json[]) : [];
  const batches = await batchesOf(folder, place, settings);
  const used = batches.slice(0, new Settings([settings]).number(['micro_batches']) ?? (micro.length || batches.length));
  const recipe = new Settings([settings]).recipe(used.length);
  const student = await loadModel(join(folder, 'student'));
  const expected = await storedSteps(place);
  const gradients = existsSync(join(place, 'grads_first_step.safetensors'))
    ? await readSafetensors(join(place, 'grads_first_step.safetensors'))
    : null;

  const steps: { learningRate: number; gradientNorm: number }[] = [];
  const weights = new Map<number, number>();
  const { losses } = await replay({
    student,
    teacher: await loadModel(join(folder, 'teacher')),
    recipe,
    batches: used,
    ...cut,
    onStep({ step, learningRate, gradientNorm, gradients: got, values }) {
      steps.push({ learningRate, gradientNorm });
      if (step === 1 && gradients) checkGradients(got, gradients, findings);
      const after = expected.get(step);
      // What is not trained stays as it was.
      const all = new Map([...student.weights, ...values]);
      if (after) weights.set(step, compareTensors(all, after, (key) => !isKeyBias(key)).difference);
    },
  });

  checkLosses(losses, cut.together ? stepMeans(micro, recipe.accumulation) : micro, recipe, findings);
  checkSteps(steps, Array.isArray(json.optimizer_steps) ? (json.optimizer_steps as Json[]) : [], findings);
  for (const step of expected.keys()) {
    const difference = weights.get(step) ?? Number.POSITIVE_INFINITY;
    findings.measure(`weights after ${step}, without key biases`, difference, limits.parameter);
  }
}

async function batchesOf(folder: string, place: string, settings: Json) {
  const causal = (new Settings([settings]).number(['alpha_clm']) ?? 0) !== 0;
  const named = typeof settings.batches === 'string' ? [join(folder, settings.batches)] : [];
  const file = [...named, join(place, 'batches.safetensors')].find((each) => existsSync(each));
  if (!file) throw new Error('no batches.safetensors, nor a file that settings.batches names');
  return await readBatches(file, causal);
}

/** The `after_K.safetensors` files by K. */
export async function storedSteps(place: string): Promise<Map<number, NamedTensors>> {
  const stored = new Map<number, NamedTensors>();
  for (const file of await readdir(place)) {
    const steps = /^after_(\d+)\.safetensors$/.exec(file)?.[1];
    if (steps) stored.set(Number(steps), await readSafetensors(join(place, file)));
  }
  return new Map([...stored].sort(([a], [b]) => a - b));
}

function checkGradients(got: NamedTensors, expected: NamedTensors, findings: Findings): void {
  const trained = new Map([...expected].filter(([name]) => got.has(name)));
  const { difference, largest } = compareTensors(got, trained);
  findings.measure(`gradients, ${trained.size} tensors`, difference, gradientLimit(largest));
  const others = [...expected].filter(([name]) => !got.has(name));
  if (others.length === 0) return;
  const nonzero = Math.max(...others.map(([, { data }]) => data.reduce((max, x) => Math.max(max, Math.abs(x)), 0)));
  findings.measure(`gradients of ${others.length} tensors no loss reaches`, nonzero, limits.exact);
}

/** The means of each `size` micro-batches. */
function stepMeans(micro: readonly Json[], size: number): Json[] {
  const mean = (rows: readonly Json[], name: string) =>
    rows.reduce((sum, row) => sum + (row[name] as number), 0) / size;
  return Array.from({ length: Math.floor(micro.length / size) }, (_, step) => {
    const rows = micro.slice(step * size, (step + 1) * size);
    const names = Object.entries(rows[0] as Json).flatMap(([name, x]) => (typeof x === 'number' ? [name] : []));
    return Object.fromEntries(names.map((name) => [name, mean(rows, name)]));
  });
}

function checkLosses(
  got: readonly Record<string, number>[],
  expected: readonly Json[],
  recipe: Recipe,
  findings: Findings,
) {
  const names = ['total', 'ce', 'mlm', 'clm', 'mse', 'cos'].filter((name) => typeof expected[0]?.[name] === 'number');
  if (names.length === 0) findings.note('no losses in case.json');
  for (const name of names) {
    if (name !== 'total' && (recipe.weights[name as 'ce'] ?? 0) === 0) {
      findings.note(`loss ${name} is given though its weight is 0: not computed, not compared`);
      continue;
    }
    const column = (rows: readonly Record<string, unknown>[]) => rows.map((row) => row[name] as number);
    findings.measure(`loss ${name}, relative`, greatestRatio(column(got), column(expected)), limits.loss);
  }
}

function checkSteps(
  got: readonly { learningRate: number; gradientNorm: number }[],
  expected: readonly Json[],
  findings: Findings,
): void {
  const column = (key: string) => expected.map((row) => row[key]).filter((x) => typeof x === 'number');
  const [rates, norms] = [column('lr'), column('grad_norm_preclip')];
  if (rates.length > 0) {
    const difference = greatestRatio(
      got.map((row) => row.learningRate),
      rates,
    );
    findings.measure('learning rates, relative', difference, limits.learningRate);
  }
  if (norms.length > 0) {
    const difference = greatestRatio(
      got.map((row) => row.gradientNorm),
      norms,
    );
    findings.measure('gradient norms, relative', difference, limits.norm);
  }
}
