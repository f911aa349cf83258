import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gradients } from '../autodiff/gradients.js';
import { SequenceStoreBuilder } from '../corpus/sequenceStore.js';
import { Graph } from '../graph/graph.js';
import type { Value } from '../graph/ops.js';
import type { ProblemType } from '../protocol/problemType.js';
import { float32, type HostTensor } from '../runtime/hostTensor.js';
import { Program } from '../runtime/program.js';
import { lossesOf, type SoftLabelSettings } from './classifierLosses.js';
import { finetuneRuns, type LearningSet } from './finetuneBatch.js';
import { classWeightsOf, targetOf } from './targets.js';

/** What PyTorch said; see makeClassifierLosses.py. */
interface Case {
  name: string;
  problem: ProblemType;
  outputs: number;
  /** [B, C] */
  logits: number[];
  /** Class ids, −100 where there is none; numbers of a regression. */
  labels?: number[];
  /** Ids of the labels that hold. */
  held?: number[][];
  labelSmoothing?: number;
  classWeights?: number[] | null;
  teacher?: number[];
  soft?: SoftLabelSettings;
  loss: number;
  gradient: number[];
}

const fixtures = new URL('../../../trainer-core/training/fixtures/', import.meta.url);
const cases = JSON.parse(readFileSync(fileURLToPath(new URL('classifierLosses.json', fixtures)), 'utf8')) as Case[];

/** As many texts as the case has, the longest first, so that they keep their order in the runs. */
function learningSet({ problem, outputs, logits, labels, held, teacher, ...options }: Case): LearningSet {
  const texts = logits.length / outputs;
  const builder = new SequenceStoreBuilder(10);
  for (let i = 0; i < texts; i++) builder.add(new Array(texts + 2 - i).fill(1), new Array(texts + 2 - i).fill(1));
  const { labelSmoothing = 0, classWeights = null } = options;
  const targets = { problemType: problem, outputs, labelSmoothing, classWeights };
  return {
    store: {
      ...builder.build(),
      textOf: Uint32Array.from({ length: texts }, (_, i) => i),
      wholeLengths: Uint32Array.from({ length: texts }, (_, i) => texts + 2 - i),
      secondStart: (i) => texts + 2 - i,
    },
    targetOf(text) {
      if (held) return targetOf({ label: 0, labels: held[text]! }, targets);
      return labels![text] === -100 ? null : targetOf({ label: labels![text]! }, targets);
    },
    teacherLogits: teacher ? Float32Array.from(teacher) : null,
  };
}

/** Loss and gradient of the logits, summed over the runs of one micro-batch that `tokensPerRun` cuts it into. */
async function found(given: Case, tokensPerRun: number): Promise<{ loss: number; gradient: number[]; runs: number }> {
  const { problem, outputs, logits, soft = null } = given;
  const g = new Graph();
  const input = g.input('logits', ['batch', outputs]);
  const { total } = lossesOf(g, input, problem, soft);
  g.output('loss', total);
  g.output('gradient', gradients(g, total, [input])[0] as Value);
  const program = await Program.compile(g, { threads: 1 });
  const set = learningSet(given);
  const texts = Uint32Array.from({ length: set.store.length }, (_, i) => i);
  let loss = 0;
  const gradient: number[] = [];
  const runs = finetuneRuns([texts], set, { padId: 0, outputs, tokensPerRun });
  for (const { feeds } of runs) {
    const rows = feeds.targets!.dims[0] as number;
    const part = Float32Array.from(logits.slice(gradient.length, gradient.length + rows * outputs));
    const { targets, labelsWeight, teacherLogits, ceWeight } = feeds;
    const fed = { targets, labelsWeight, ...(soft ? { teacherLogits, ceWeight } : {}) } as typeof feeds;
    const out = await program.run({ ...fed, logits: float32(part, [rows, outputs]) });
    loss += out.loss!.data[0] as number;
    gradient.push(...(out.gradient!.data as Float32Array));
  }
  await program.dispose();
  return { loss, gradient, runs: runs.length };
}

for (const given of cases) {
  test(`as PyTorch has it, in one run and in several: ${given.name}`, async () => {
    const whole = await found(given, 1000);
    const cut = await found(given, 12);
    assert.equal(whole.runs, 1);
    if (given.logits.length / given.outputs > 3) assert.ok(cut.runs > 1);
    for (const { loss, gradient } of [whole, cut]) {
      assert.ok(Math.abs(loss - given.loss) <= 2e-6 * Math.max(1, Math.abs(given.loss)), `${loss}, not ${given.loss}`);
      assert.equal(gradient.length, given.gradient.length);
      gradient.forEach((x, i) => {
        assert.ok(Math.abs(x - given.gradient[i]!) <= 2e-6, `gradient ${i}: ${x}, not ${given.gradient[i]}`);
      });
    }
  });
}

test('micro-batches of different sizes share a run, and each text weighs what it weighs in its own', () => {
  const given = cases.find(({ name }) => name === 'class weights')!;
  const set = learningSet(given);
  const options = { padId: 0, outputs: 4, tokensPerRun: 1000 };
  const [run, ...more] = finetuneRuns([Uint32Array.of(1, 0), Uint32Array.of(5, 2, 3, 4)], set, options);
  assert.equal(more.length, 0);
  // By length: texts 0 to 5, of the classes 0 3 1 1 2 3.
  const [a, b] = [1 / (0.25 + 7.5), 1 / (7.5 + 3 + 3 + 1)];
  assert.deepEqual([...(run!.feeds.labelsWeight as HostTensor).data], [a, a, b, b, b, b].map(Math.fround));
});

test("balanced weights are scikit-learn's; those given by name are taken, and 1 for the others", () => {
  const labels = ['a', 'b', 'c'];
  const examples = [0, 0, 0, 0, 1, 1, 2, 0].map((label) => ({ label }));
  // compute_class_weight('balanced', classes=[0, 1, 2], y=[0, 0, 0, 0, 1, 1, 2, 0])
  assert.deepEqual(
    classWeightsOf('balanced', labels, examples),
    [0.5333333333333333, 1.3333333333333333, 2.6666666666666665],
  );
  assert.deepEqual(classWeightsOf({ c: 2.5 }, labels, examples), [1, 1, 2.5]);
  assert.equal(classWeightsOf(null, labels, examples), null);
});
