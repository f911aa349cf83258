/** Whole training curves against Hugging Face: pre-training of a teacher, and three students of it. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { maskingWeights } from '../../trainer-core/corpus/masking.js';
import { type LoadedModel, loadModel } from '../../trainer-core/hub/modelFiles.js';
import type { NamedTensors } from '../../trainer-core/protocol/tensor.js';
import type { LanguageModelBatch } from '../../trainer-core/training/languageModelBatch.js';
import { readBatches } from './batches.js';
import { findCurve, valuesNamed } from './curveFile.js';
import { compareExtracted } from './extract.js';
import { compareHeldOut, type Score, score } from './heldOut.js';
import { compareTensors, type Findings, greatestDifference, greatestRatio, isKeyBias, limits } from './measurement.js';
import { replay } from './replay.js';
import { isObject, type Json, type Recipe, Settings } from './settings.js';

/** Steps by which the right recipe is told from others, where the fixture does not say everything. */
const TRIAL_STEPS = 24;
/** How many of the nearest are then tried on all steps, which tell a weight decay from none. */
const FINALISTS = 12;
/** Steps between the points of the teacher's curve that come after those with batches. */
const THEN_EVERY = 100;
/** From here the teacher's curve drifts more. */
const LATE_STEP = 100;

interface RunSpec {
  name: string;
  /** Folders: what is trained (where the reference does not say, the first step tells), and what with. */
  starts: readonly string[];
  teacher: string | null;
  batches: string;
  /** Settings that this run's name implies. */
  implied: Json;
  /** What its settings may be filed under. */
  groups: RegExp;
  /** Where the weights after the last step are kept. */
  end: string | null;
}

const student = { teacher: 'teacher', batches: 'student_batches.safetensors', groups: /^(student|distil|main$)/ };
const distilled = { alpha_ce: 5, alpha_mlm: 2, alpha_clm: 0, alpha_mse: 0, alpha_cos: 1 };

const runs: readonly RunSpec[] = [
  {
    name: 'teacher',
    starts: ['teacher_init'],
    teacher: null,
    batches: 'teacher_batches.safetensors',
    implied: { alpha_ce: 0, alpha_mlm: 1, alpha_clm: 0, alpha_mse: 0, alpha_cos: 0 },
    groups: /^(teacher|pre-?train)/,
    end: 'teacher_after_200',
  },
  { name: 'main', starts: ['student_init'], implied: distilled, end: 'student_final', ...student },
  { name: 'from_teacher', starts: ['student_init_from_teacher'], implied: distilled, end: null, ...student },
  {
    name: 'mlm_only',
    starts: ['student_init', 'student_init_from_teacher'],
    implied: { ...distilled, alpha_ce: 0, alpha_cos: 0 },
    end: null,
    ...student,
  },
];

/** Replays a folder with `curve.json`. A run whose curve or files are missing is a failure. */
export async function checkCurve(folder: string, findings: Findings): Promise<void> {
  const json = JSON.parse(await readFile(join(folder, 'curve.json'), 'utf8')) as Json;
  const trained = new Map<string, LoadedModel>();
  for (const spec of runs) {
    try {
      trained.set(spec.name, await checkRun(folder, json, spec, findings));
    } catch (error) {
      findings.fail(`${spec.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  await checkCorpus(folder, findings);
  const fromTeacher = join(folder, 'student_init_from_teacher');
  if (existsSync(fromTeacher) && existsSync(join(folder, 'teacher')))
    compareExtracted(await loadModel(join(folder, 'teacher')), (await loadModel(fromTeacher)).weights, findings, null);
  await checkHeldOut(folder, json, trained, findings);
  const used = new RegExp(`^(settings|curves?|runs?)$|held.?out|${runs.map(({ name }) => name).join('|')}`, 'i');
  const unused = Object.keys(json).filter((key) => !used.test(key));
  if (unused.length > 0) findings.note(`curve.json: ${unused.join(', ')} not compared`);
}

async function checkRun(folder: string, json: Json, spec: RunSpec, findings: Findings): Promise<LoadedModel> {
  const curve = findCurve(json, spec.name);
  if (!curve) throw new Error(`no curve of that name in curve.json, which has ${Object.keys(json).join(', ')}`);
  const all = await readBatches(join(folder, spec.batches));
  const batches = all.slice(0, curve.losses.length);
  const beyond = curve.losses.length - batches.length;
  const starts = spec.starts.filter((each) => existsSync(join(folder, each)));
  const models = await Promise.all(starts.map((each) => loadModel(join(folder, each))));
  const teacher = spec.teacher ? await loadModel(join(folder, spec.teacher)) : null;
  const choices = choicesOf(models, recipesOf(json, spec, all.length + THEN_EVERY * beyond), curve.learningRates);
  const choice = await chooseNearest(choices, teacher, batches, curve.losses);
  if (choices.length > 1)
    findings.note(`curve ${spec.name}: nearest of ${choices.length} readings: ${describe(choice)}`);
  const { losses, values } = await replay({ ...choice, teacher, batches });
  const got = losses.map(({ total }) => total as number);
  const expected = curve.losses.slice(0, batches.length);
  const late = spec.teacher === null ? LATE_STEP : got.length;
  const first = `curve ${spec.name}, steps 1-${Math.min(late, got.length)}`;
  findings.measure(first, greatestRatio(got.slice(0, late), expected.slice(0, late)), limits.curve);
  if (got.length > late) {
    const rest = greatestRatio(got.slice(late), expected.slice(late));
    findings.measure(`curve ${spec.name}, steps ${late + 1}-${got.length}`, rest, limits.lateTeacherCurve);
  }
  if (beyond > 0) findings.note(`curve ${spec.name}: ${beyond} later points have no batches, not compared`);
  const weights: NamedTensors = new Map([...choice.student.weights, ...values]);
  if (spec.end && existsSync(join(folder, spec.end))) {
    const { difference } = compareTensors(
      weights,
      (await loadModel(join(folder, spec.end))).weights,
      (name) => !isKeyBias(name),
    );
    findings.measure(`${spec.end}, without key biases`, difference, null);
  }
  return { ...choice.student, weights };
}

/** The recipes that a run may have had: one, when the fixture says everything. */
function recipesOf(json: Json, spec: RunSpec, microBatches: number): Recipe[] {
  const filed = valuesNamed(json, new RegExp(`^${spec.name}$|${spec.groups.source}`)).filter(isObject);
  const groups = filed.flatMap((each) => [...(isObject(each.settings) ? [each.settings] : []), each]);
  const general = [...(isObject(json.settings) ? [json.settings] : []), json];
  const prefix = /^(teacher|pre-?train(ing)?)_/;
  const prefixed = general.map((each) =>
    Object.fromEntries(
      Object.entries(each).flatMap(([key, x]) => (prefix.test(key) ? [[key.replace(prefix, ''), x]] : [])),
    ),
  );
  if (spec.teacher !== null) {
    const settings = new Settings([spec.implied, ...groups, ...general]);
    return settings.learningRate === undefined ? settings.recipes(microBatches) : [settings.recipe(microBatches)];
  }
  // What is said of all runs may or may not be meant for the teacher's pre-training.
  const own = [spec.implied, ...groups, ...prefixed];
  return [new Settings([...own, ...general]).recipe(microBatches), ...new Settings(own).recipes(microBatches)];
}

/** One way to read the fixture. */
interface Choice {
  student: LoadedModel;
  recipe: Recipe;
  learningRates?: readonly number[];
}

function choicesOf(
  models: readonly LoadedModel[],
  recipes: readonly Recipe[],
  learningRates: number[] | null,
): Choice[] {
  const plain = models.flatMap((student) => recipes.map((recipe): Choice => ({ student, recipe })));
  return learningRates ? [...plain, ...plain.map((choice) => ({ ...choice, learningRates }))] : plain;
}

/** The choice that comes nearest to the curve. */
async function chooseNearest(
  choices: readonly Choice[],
  teacher: LoadedModel | null,
  batches: readonly LanguageModelBatch[],
  losses: readonly number[],
): Promise<Choice> {
  let left = choices;
  for (const { steps, keep } of [
    { steps: TRIAL_STEPS, keep: FINALISTS },
    { steps: batches.length, keep: 1 },
  ]) {
    if (left.length <= keep) continue;
    const trial = batches.slice(0, steps);
    const tried: { choice: Choice; difference: number }[] = [];
    for (const choice of left) {
      const got = (await replay({ ...choice, teacher, batches: trial })).losses.map(({ total }) => total as number);
      tried.push({ choice, difference: greatestRatio(got, losses.slice(0, trial.length)) });
    }
    // What is not a number is not near.
    const rank = ({ difference }: { difference: number }) => (Number.isNaN(difference) ? Number.MAX_VALUE : difference);
    left = tried
      .sort((a, b) => rank(a) - rank(b))
      .slice(0, keep)
      .map(({ choice }) => choice);
  }
  const [nearest] = left;
  if (!nearest) throw new Error('the model it starts from is not there');
  return nearest;
}

function describe({ student, recipe: { schedule, adamw }, learningRates }: Choice): string {
  const { learningRate, warmupSteps, totalSteps } = schedule;
  const rate = learningRates
    ? 'recorded learning rates'
    : `learning rate ${learningRate}, warm-up ${warmupSteps} of ${totalSteps < Number.MAX_SAFE_INTEGER ? totalSteps : 'endless'} steps`;
  const { beta1, beta2, epsilon, weightDecay, maxGradNorm } = adamw;
  const clip = maxGradNorm < Number.MAX_VALUE ? maxGradNorm : 'none';
  return `${basename(student.folder)}, ${rate}, betas ${beta1} ${beta2}, eps ${epsilon}, decay ${weightDecay}, clip ${clip}`;
}

/** Our masking weights against the fixture's probabilities, where both counts and probabilities can be found. */
async function checkCorpus(folder: string, findings: Findings): Promise<void> {
  const file = join(folder, 'corpus.json');
  if (!existsSync(file)) return;
  const corpus = JSON.parse(await readFile(file, 'utf8')) as Json;
  const numbers = (key: RegExp) =>
    valuesNamed(corpus, key).find(
      (value): value is number[] => Array.isArray(value) && value.every((x) => typeof x === 'number'),
    );
  const counts = numbers(/count/i);
  const probabilities = numbers(/prob/i);
  if (!counts || !probabilities || counts.length !== probabilities.length) {
    findings.note(`corpus.json: ${Object.keys(corpus).join(', ')} not compared`);
    return;
  }
  const specials = [...probabilities.keys()].filter((id) => probabilities[id] === 0);
  const got = maskingWeights(counts, 0.7, specials);
  const [ours, theirs] = [got, probabilities].map((xs) => Array.from(xs).reduce((a, b) => a + b, 0)) as [
    number,
    number,
  ];
  // Only their proportions matter: they may or may not have been made to sum to 1.
  const scaled = got.map((x) => (x * theirs) / ours);
  findings.measure(
    'masking probabilities',
    greatestDifference(scaled, probabilities),
    1e-6 * Math.max(...probabilities),
  );
}

async function checkHeldOut(
  folder: string,
  json: Json,
  trained: ReadonlyMap<string, LoadedModel>,
  findings: Findings,
): Promise<void> {
  const results = valuesNamed(json, /held.?out/i).filter((value) => isObject(value) || typeof value === 'number');
  const file = join(folder, 'heldout_batches.safetensors');
  if (results.length === 0 || !existsSync(file)) {
    findings.note('held-out results: not found in curve.json, or no heldout_batches.safetensors; not compared');
    return;
  }
  const batches = await readBatches(file);
  const teacher = await loadModel(join(folder, 'teacher'));
  const models = new Map<string, LoadedModel>();
  for (const name of [
    'teacher',
    'teacher_init',
    'teacher_after_200',
    'student_init',
    'student_init_from_teacher',
    'student_final',
  ])
    if (existsSync(join(folder, name))) models.set(name, await loadModel(join(folder, name)));
  for (const name of ['from_teacher', 'mlm_only']) {
    const model = trained.get(name);
    if (model) models.set(name, model);
  }
  const scores = new Map<string, Score>();
  for (const [name, model] of models) {
    const isStudent = model.config.modelType === 'distilbert';
    const recipe = new Settings([isStudent ? distilled : { alpha_mlm: 1 }]).recipe(1);
    scores.set(name, await score(model, isStudent ? teacher : null, recipe, batches));
  }
  for (const each of results) compareHeldOut(each, scores, findings);
}
