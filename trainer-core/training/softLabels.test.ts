import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { metricsOf } from '../../test/support/runFiles.js';
import {
  classifierWeights,
  sentences,
  TINY_LABELS,
  tinyConfig,
  writeCorpus,
  writeFinetuning,
  writeVocabulary,
} from '../../test/support/tinyModels.js';
import { Classifier } from '../classify/classifier.js';
import { saveModel } from '../hub/modelFiles.js';
import { hasCode } from '../protocol/errors.js';
import { finetuneConfig } from '../protocol/finetuneConfig.js';
import { parseConfig } from '../protocol/parseConfig.js';
import { argmax } from '../scores/probabilities.js';
import { classificationTask, runFinetune } from './finetune.js';
import { checkTeacher, type SoftLabelsWanted, softLabels } from './softLabels.js';

const folder = mkdtempSync(join(tmpdir(), 'soft-'));
after(() => rmSync(folder, { recursive: true }));
const { signal } = new AbortController();

/** A classifier of another family, width and vocabulary than the student's. */
async function writeTeacher(name: string, labels: readonly string[]): Promise<string> {
  const vocabulary = writeVocabulary(join(folder, `${name}.txt`), ['東京', '野球', '##選手']);
  const config = tinyConfig('bert', { vocabSize: vocabulary.size, hiddenSize: 24, labels });
  const weights = classifierWeights(config);
  await saveModel(join(folder, name), { config, weights, vocabFile: vocabulary.file }, 'classification');
  return join(folder, name);
}

const wanted = (changes: Partial<SoftLabelsWanted> = {}): SoftLabelsWanted => ({
  teacher: join(folder, 'teacher'),
  texts: sentences(40, 5).map(({ text }) => text),
  labels: TINY_LABELS,
  problemType: 'single_label_classification',
  maxSeqLength: 32,
  cut: { longTexts: 'head', stride: 0 },
  device: 'cpu',
  ...changes,
});

/** What is answered, and whether the teacher was asked for it. */
async function asked(changes: Partial<SoftLabelsWanted> = {}): Promise<{ logits: Float32Array; asks: boolean }> {
  let asks = false;
  const onStage = ({ phase }: { phase: string }) => {
    asks ||= phase === 'teaching';
  };
  const logits = await softLabels({ out: join(folder, 'run'), signal, onStage })(wanted(changes));
  return { logits, asks };
}

describe("a teacher's answers", () => {
  before(() => writeTeacher('teacher', [...TINY_LABELS].reverse()));

  test('come from its own tokenizer, in the order of the texts and of the student’s labels', async () => {
    const { logits, asks } = await asked();
    assert.ok(asks);
    const classifier = await Classifier.load(join(folder, 'teacher'), { maxSeqLength: 32 });
    const rows = await classifier.logits(wanted().texts);
    await classifier.dispose();
    const expected = rows.flatMap((row) => [...row].reverse());
    assert.deepEqual([...logits], expected);
    assert.ok(new Set(expected).size > 60, 'the texts have to be told apart for this test');
  });

  test('are asked for once: a second run takes them as they are, another question is asked', async () => {
    const { logits } = await asked();
    assert.deepEqual(await asked(), { logits, asks: false });
    assert.ok((await asked({ maxSeqLength: 8 })).asks);
    assert.ok((await asked({ texts: wanted().texts.slice(1) })).asks);
    assert.ok((await asked({ labels: [...TINY_LABELS].reverse() })).asks);
  });

  test('are asked for again where the file is damaged or the teacher is another one', async () => {
    const { logits } = await asked();
    const files = readdirSync(join(folder, 'soft-labels'));
    assert.ok(files.length > 0 && files.every((name) => /^teacher-[0-9a-f]{12}\.safetensors$/.test(name)));
    for (const name of files) truncateSync(join(folder, 'soft-labels', name), 100);
    assert.deepEqual(await asked(), { logits, asks: true });
    const config = join(folder, 'teacher', 'config.json');
    writeFileSync(config, `${readFileSync(config, 'utf8')}\n`);
    assert.ok((await asked()).asks);
  });

  test('a teacher of other labels, and one for another problem, are refused with both', async () => {
    const other = await writeTeacher('other', ['a', ...TINY_LABELS]);
    await assert.rejects(checkTeacher(other, TINY_LABELS, 'single_label_classification'), (error) => {
      assert.ok(hasCode(error, 'teacherAnswersDiffer'));
      assert.deepEqual([error.data.teacherLabels, error.data.labels], [['a', ...TINY_LABELS], TINY_LABELS]);
      return true;
    });
    await assert.rejects(
      checkTeacher(join(folder, 'teacher'), TINY_LABELS, 'multi_label_classification'),
      (error) => hasCode(error, 'teacherAnswersDiffer') && error.data.teacherProblem === 'single_label_classification',
    );
  });
});

test('a run that is stopped while its teacher is asked has begun nothing, and the same command begins it', async () => {
  const place = mkdtempSync(join(folder, 'stopped-'));
  await writeTeacher('stopping', TINY_LABELS);
  const changes = { teacher: join(folder, 'stopping'), maxSteps: 2, patience: null };
  const file = await writeFinetuning(place, changes);
  const config = parseConfig(finetuneConfig, readFileSync(file, 'utf8'), file);
  const out = join(place, 'run');
  const stop = new AbortController();
  const options = { out, resume: false, onEvent: () => {} };
  const onStage = ({ phase }: { phase: string }) => phase === 'teaching' && stop.abort();
  await assert.rejects(runFinetune(config, { ...options, signal: stop.signal, onStage }), { name: 'AbortError' });
  assert.deepEqual(readdirSync(out), ['trainer.log']);
  assert.match(readFileSync(join(out, 'trainer.log'), 'utf8'), /the teacher .*stopping is asked about 60 texts/);
  await runFinetune(config, { ...options, signal });
  assert.ok(readdirSync(out).includes('final'));
});

describe('a fine-tuning asks its teacher', () => {
  const wantedOf = async (changes: object): Promise<SoftLabelsWanted> => {
    const place = mkdtempSync(join(folder, 'wanted-'));
    const settings = {
      teacher: await writeTeacher('reading', TINY_LABELS),
      maxSeqLength: 16,
      device: 'cpu',
      ...changes,
    };
    const file = await writeFinetuning(place, settings);
    const config = parseConfig(finetuneConfig, readFileSync(file, 'utf8'), file);
    let wanted: SoftLabelsWanted | undefined;
    const answers = async (asked: SoftLabelsWanted) => {
      wanted = asked;
      return new Float32Array(asked.texts.length * asked.labels.length);
    };
    const { task } = await classificationTask(config, file, { signal, softLabels: answers });
    await task.dispose();
    assert.ok(wanted);
    return wanted;
  };

  test('for as many pieces as the student reads, or as many as it is told', async () => {
    assert.equal((await wantedOf({})).maxSeqLength, 16);
    assert.equal((await wantedOf({ teacherMaxSeqLength: 40 })).maxSeqLength, 40);
  });

  test("on the student's device, or on its own", async () => {
    assert.equal((await wantedOf({})).device, 'cpu');
    assert.equal((await wantedOf({ teacherDevice: 'webgpu' })).device, 'webgpu');
  });
});

test('an estimate does not ask the teacher, but finds out that it does not fit', async () => {
  const place = mkdtempSync(join(folder, 'estimate-'));
  await writeTeacher('fitting', TINY_LABELS);
  await writeTeacher('foreign', ['x', 'y']);
  const taskOf = async (teacher: string) => {
    const file = await writeFinetuning(place, { teacher: join(folder, teacher) });
    const config = parseConfig(finetuneConfig, readFileSync(file, 'utf8'), file);
    const { task } = await classificationTask(config, file, { signal });
    await task.dispose();
  };
  await taskOf('fitting');
  assert.ok(!readdirSync(place).includes('soft-labels'));
  await assert.rejects(taskOf('foreign'), (error) => hasCode(error, 'teacherAnswersDiffer'));
});

test('a student that learns from its teacher alone, from texts with and without labels, comes to agree with it', async () => {
  const place = mkdtempSync(join(folder, 'whole-'));
  const run = async (name: string, changes: object) => {
    const file = await writeFinetuning(place, { numEpochs: 12, patience: null, checkpointSteps: 100, ...changes });
    const config = parseConfig(finetuneConfig, readFileSync(file, 'utf8'), file);
    const out = join(place, name);
    await runFinetune(config, { out, resume: false, signal, onEvent: () => {} });
    return out;
  };
  const teacher = join(
    await run('teacher', { learningRate: 5e-3, numEpochs: 25, gradientAccumulationSteps: 1 }),
    'final',
  );
  const unlabelled = writeCorpus(join(place, 'unlabelled.txt'), 200, 8);
  const soft = { teacher, temperature: 1, alphaCe: 1, alphaLabels: 0, unlabelled, learningRate: 5e-3 };
  const out = await run('student', { ...soft, gradientAccumulationSteps: 1 });
  const steps = metricsOf(out).filter(({ type }) => type === 'step') as unknown as { losses: Record<string, number> }[];
  const [first, last] = [steps[0]!.losses, steps.at(-1)!.losses];
  assert.deepEqual(Object.keys(first).sort(), ['ce', 'labels', 'total']);
  assert.equal(first.total, first.ce);
  assert.ok(last.ce! < first.ce! / 2, `from ${first.ce} to ${last.ce}`);

  const texts = sentences(150, 99).map(({ text }) => text);
  const answers = async (model: string) => {
    const classifier = await Classifier.load(model);
    const rows = await classifier.logits(texts);
    await classifier.dispose();
    return rows.map(argmax);
  };
  const ofTeacher = await answers(teacher);
  const counts = [0, 1, 2].map((id) => ofTeacher.filter((answer) => answer === id).length);
  assert.ok(Math.min(...counts) > 20, `the teacher has learned to tell the classes apart: ${counts}`);
  const agreement = async (model: string) => {
    const ofModel = await answers(model);
    return ofModel.filter((answer, i) => answer === ofTeacher[i]).length / texts.length;
  };
  const [before_, after_] = [
    await agreement(join(await run('untaught', { maxSteps: 1 }), 'final')),
    await agreement(join(out, 'final')),
  ];
  assert.ok(after_ > 0.8 && after_ > before_ + 0.2, `from ${before_} to ${after_}`);
});
