/** Sequence classification against Hugging Face's classes: first logits, losses, gradients, norms, weights after K steps. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSafetensors } from '../../trainer-core/checkpoint/safetensors.js';
import { classificationFeeds, classificationGraph } from '../../trainer-core/classify/classificationGraph.js';
import { type LoadedModel, loadModel } from '../../trainer-core/hub/modelFiles.js';
import { parameterShapes, selectParameters } from '../../trainer-core/models/parameters.js';
import { learningRateAt } from '../../trainer-core/optim/schedule.js';
import type { FloatTensor, NamedTensors } from '../../trainer-core/protocol/tensor.js';
import { float32, type HostTensor } from '../../trainer-core/runtime/hostTensor.js';
import { Program } from '../../trainer-core/runtime/program.js';
import { classifierLosses } from '../../trainer-core/training/classifierLosses.js';
import { createTrainStep } from '../../trainer-core/training/trainStep.js';
import { accumulated } from '../support/steps.js';
import { lengthsOf } from './batches.js';
import { storedSteps } from './distillationCase.js';
import {
  compareTensors,
  type Findings,
  gradientLimit,
  greatestDifference,
  greatestRatio,
  isKeyBias,
  limits,
} from './measurement.js';
import { isObject, type Json, Settings } from './settings.js';

/** Replays a folder with `config.json`, `model.safetensors`, `batches.safetensors`, `case.json`, and `first.safetensors`. */
export async function checkClassification(folder: string, findings: Findings): Promise<void> {
  const json = JSON.parse(await readFile(join(folder, 'case.json'), 'utf8')) as Json;
  const settings = isObject(json.settings) ? json.settings : {};
  const expectedSteps = Array.isArray(json.steps) ? (json.steps as Json[]) : [];
  const model = await loadModel(folder);
  const batches = await feedsOf(join(folder, 'batches.safetensors'), model.config.labels.length);
  const firstFile = join(folder, 'first.safetensors');
  const first: NamedTensors = existsSync(firstFile) ? await readSafetensors(firstFile) : new Map();
  const logits = first.get('logits');
  if (logits) await checkLogits(model, batches[0] as Feeds, logits, findings);

  const { schedule, adamw } = new Settings([settings, { adam_epsilon: 1e-8, betas: [0.9, 0.999] }]).recipe(
    batches.length,
  );
  const { graph, total: loss } = classifierLosses(model.config, null);
  const step = await createTrainStep({
    graph,
    loss,
    reported: { loss },
    weights: selectParameters(parameterShapes(graph), model.weights, folder),
    adamw,
    accumulate: false,
    threads: 1,
  });
  const stored = await storedSteps(folder);
  const found: { loss: number; norm: number; rate: number }[] = [];
  for (const feeds of batches.slice(0, Math.max(expectedSteps.length, ...stored.keys()))) {
    const { loss } = await accumulated(step, { feeds }, 1, 0);
    const norm = await step.gradientNorm();
    const rate = learningRateAt(schedule, step.step);
    if (step.step === 0) checkGradients(await step.gradients(), first, findings);
    await step.update(rate);
    found.push({ loss: loss as number, norm, rate });
    const after = stored.get(step.step);
    if (!after) continue;
    const { difference } = compareTensors(step.store.views(step.store.values), after, (name) => !isKeyBias(name));
    findings.measure(`weights after ${step.step}, without key biases`, difference, limits.parameter);
  }
  await step.dispose();

  const compare = (quantity: string, key: string, got: number[], limit: number) => {
    const expected = expectedSteps.map((row) => row[key] as number);
    if (expected.every((x) => typeof x === 'number')) findings.measure(quantity, greatestRatio(got, expected), limit);
    else findings.note(`case.json: no ${key} for every step`);
  };
  compare(
    'loss, relative',
    'loss',
    found.map((row) => row.loss),
    limits.loss,
  );
  compare(
    'learning rates, relative',
    'lr',
    found.map((row) => row.rate),
    limits.learningRate,
  );
  compare(
    'gradient norms, relative',
    'grad_norm_preclip',
    found.map((row) => row.norm),
    limits.norm,
  );
}

type Feeds = Record<string, HostTensor>;

async function feedsOf(file: string, classes: number): Promise<Feeds[]> {
  const tensors = await readSafetensors(file);
  const ids = tensors.get('input_ids') as FloatTensor;
  const [count, batchSize, sequenceLength] = ids.dims as [number, number, number];
  const size = batchSize * sequenceLength;
  const part = (name: string, i: number, length: number) =>
    (tensors.get(name) as FloatTensor).data.subarray(i * length, (i + 1) * length);
  return Array.from({ length: count }, (_, i) => ({
    ...classificationFeeds({
      batchSize,
      sequenceLength,
      ids: Int32Array.from(part('input_ids', i, size)),
      wordStarts: new Uint8Array(size),
      lengths: lengthsOf(part('attention_mask', i, size), sequenceLength, file),
    }),
    targets: oneHot(part('labels', i, batchSize), classes),
    labelsWeight: float32(new Float32Array(batchSize).fill(1 / batchSize), [batchSize, 1]),
  }));
}

function oneHot(labels: Float32Array, classes: number): HostTensor {
  const rows = new Float32Array(labels.length * classes);
  labels.forEach((label, b) => {
    rows[b * classes + label] = 1;
  });
  return float32(rows, [labels.length, classes]);
}

async function checkLogits(model: LoadedModel, feeds: Feeds, expected: FloatTensor, findings: Findings): Promise<void> {
  const { graph, logits } = classificationGraph(model.config, false);
  graph.output('logits', logits);
  const weights = selectParameters(parameterShapes(graph), model.weights, model.folder);
  const program = await Program.compile(graph, {
    threads: 1,
    initializers: new Map([...weights].map(([name, { data }]) => [name, data])),
  });
  const outputs = await program.run(feeds);
  await program.dispose();
  findings.measure('logits', greatestDifference(outputs.logits?.data ?? [], expected.data), limits.activation);
}

function checkGradients(got: NamedTensors, first: NamedTensors, findings: Findings): void {
  const prefix = 'grad.';
  const expected: NamedTensors = new Map(
    [...first].filter(([name]) => name.startsWith(prefix)).map(([name, tensor]) => [name.slice(prefix.length), tensor]),
  );
  if (expected.size === 0) return;
  const { difference, largest } = compareTensors(got, expected);
  findings.measure(`gradients, ${expected.size} tensors`, difference, gradientLimit(largest));
}
