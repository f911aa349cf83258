/**
 * The check of half precision on a trained model and real text: the sample's teacher (BERT, 4 layers of 128) learning on from Wikipedia.
 * What it measures is told as diagnostics, and stands in docs/decisions/0039-half-precision-after-a-check.md.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { roundedHalves } from '../../test/support/roundedHalves.js';
import { Random } from '../corpus/random.js';
import { INITIAL_LOSS_SCALE, type LossScale } from '../optim/lossScale.js';
import type { PrecisionChoice } from '../protocol/events.js';
import { pretrainConfig } from '../protocol/pretrainConfig.js';
import { float16Lowering } from '../runtime/float16.js';
import { choosePrecision, trialWork } from './choosePrecision.js';
import { agrees, comparePrecisions, type Trial } from './comparePrecisions.js';
import type { HostTrainStep } from './hostTrainStep.js';
import { MicroBatchOrder } from './microBatchOrder.js';
import { pretrainTask } from './pretrain.js';
import { runCorpus } from './runCorpus.js';
import type { Task } from './task.js';

const SAMPLE = fileURLToPath(new URL('../../../media/sample/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'choose-'));
after(() => rmSync(folder, { recursive: true }));

const config = pretrainConfig.parse({
  model: join(SAMPLE, 'teacher'),
  vocab: join(SAMPLE, 'teacher/vocab.txt'),
  corpus: [join(SAMPLE, 'wiki/wiki.txt.gz')],
  corpusSettings: { sequences: 'lines', textDocuments: 'lines' },
  maxSeqLength: 64,
  batchSize: 8,
});

let task: Task;
before(async () => {
  const options = { out: join(folder, 'run'), resume: false, signal: new AbortController().signal, onEvent() {} };
  ({ task } = await pretrainTask(config, folder, runCorpus(options)));
  (task.step as HostTrainStep).half = () => roundedHalves(float16Lowering());
});
after(() => task.dispose());

/** Two micro-batches, the first at this place. */
function workAt(place: number) {
  const [microBatches] = new MicroBatchOrder((epoch) => task.batches(epoch), Random.fromSeed(1)).from(place, 2);
  return trialWork(task, microBatches ?? [], 1);
}

async function trial(lossScale: LossScale | null, place = 0): Promise<Trial> {
  const step = task.step as HostTrainStep;
  await step.usePrecision(lossScale);
  const losses: number[] = [];
  for await (const { run, dropoutSeed } of workAt(place).runs()) await step.accumulate(run, 1, dropoutSeed);
  for (const { total } of await step.reported()) losses.push(total as number);
  const gradients = new Map([...(await step.gradients())].map(([name, t]) => [name, { ...t, data: t.data.slice() }]));
  step.discard();
  return { losses, gradients };
}

test('half precision agrees by far, and is taken; the step is left in it', async (t) => {
  const choice: PrecisionChoice = await choosePrecision(task.step, workAt(0));
  t.diagnostic(JSON.stringify(choice));
  assert.equal(choice.reason, 'agrees');
  assert.ok(choice.figures && choice.figures.lossDifference < 1e-3);
  assert.ok(choice.figures.cosine > 0.9999 && choice.figures.cosine < 1);
  assert.ok(choice.figures.normDifference < 1e-2);
  assert.ok((task.step.lossScale?.scale as number) > 1);
});

test('what one batch differs from another by, and what vanishing gradients come to, are beyond the limits', async (t) => {
  const single = await trial(null);
  const small = comparePrecisions(single, await trial({ ...INITIAL_LOSS_SCALE, scale: 2 ** -12 }));
  t.diagnostic(`scaled by 2^-12: ${JSON.stringify(small)}`);
  assert.ok(!agrees(small));
  const other = comparePrecisions(single, await trial(null, 2));
  t.diagnostic(`other batches: ${JSON.stringify(other)}`);
  assert.ok(other.cosine < 0.9);
});

test('where single precision overflows, that is the reason, and half precision is not tried', async () => {
  const [microBatches] = new MicroBatchOrder((epoch) => task.batches(epoch), Random.fromSeed(1)).from(0, 2);
  const choice = await choosePrecision(task.step, trialWork(task, microBatches ?? [], Number.POSITIVE_INFINITY));
  assert.deepEqual(choice, { precision: 'fp32', reason: 'notFinite', microBatches: 2, figures: null });
  assert.equal(task.step.lossScale, null);
});

test('gradients that overflow under any scale: single precision, in which the step is left', async () => {
  const step = task.step as HostTrainStep;
  const gradients = step.gradients.bind(step);
  step.gradients = async () => {
    const found = await gradients();
    if (step.lossScale) found.get('bert.embeddings.LayerNorm.bias')?.data.fill(Number.POSITIVE_INFINITY, 0, 1);
    return found;
  };
  const choice = await choosePrecision(step, workAt(0));
  step.gradients = gradients;
  assert.deepEqual(choice, { precision: 'fp32', reason: 'overflows', microBatches: 2, figures: null });
  assert.equal(step.lossScale, null);
});
