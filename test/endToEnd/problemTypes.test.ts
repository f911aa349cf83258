/** Fine-tuning for several labels a text and for numbers: what is learned, written, scored, refused, and learned from a teacher. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Losses } from '../../trainer-core/protocol/events.js';
import { failureOf, start } from '../support/commandLine.js';
import { metricsOf } from '../support/runFiles.js';
import { sentences, writeFinetuning } from '../support/tinyModels.js';

const folder = mkdtempSync(join(tmpdir(), 'problems-'));
after(() => rmSync(folder, { recursive: true }));
const at = (...parts: string[]) => join(folder, ...parts);

/** What a text is labelled with, by the kind of problem. */
const LABELS = {
  multi_label_classification: ({ text, label }: { text: string; label: string }) =>
    [label, ...(text.includes('、') ? ['長い'] : []), ...(text.includes('東京') ? ['東京'] : [])].join(','),
  // Clauses, 1 to 3.
  regression: ({ text }: { text: string }) => String(text.split('、').length),
};

function write(name: string, problem: keyof typeof LABELS, count: number, seed: number): string {
  const lines = sentences(count, seed).map((sentence) => `${sentence.text}\t${LABELS[problem](sentence)}\n`);
  writeFileSync(at(name), lines.join(''));
  return at(name);
}

async function configOf(problem: keyof typeof LABELS, changes: object = {}): Promise<string> {
  return await writeFinetuning(folder, {
    problemType: problem,
    train: write(`${problem}.train.tsv`, problem, 120, 1),
    dev: write(`${problem}.dev.tsv`, problem, 40, 2),
    test: write(`${problem}.test.tsv`, problem, 40, 3),
    numEpochs: 12,
    patience: null,
    dropout: 0,
    learningRate: 5e-3,
    gradientAccumulationSteps: 1,
    checkpointSteps: 1000,
    logSteps: 1,
    ...changes,
  });
}

async function run(config: string, out: string): Promise<Losses[]> {
  const { code, err } = await start(['finetune', '--config', config, '--out', at(out), '--json']).ended;
  assert.deepEqual([code, err], [0, '']);
  return metricsOf(at(out)).flatMap((line) => (line.type === 'step' ? [line.losses as Losses] : []));
}

const modelConfig = (model: string): Record<string, unknown> =>
  JSON.parse(readFileSync(at(model, 'config.json'), 'utf8')) as Record<string, unknown>;

for (const [problem, metric, least] of [
  ['multi_label_classification', 'macroF1', 0.6],
  ['regression', 'pearson', 0.8],
] as const) {
  describe(problem, () => {
    let losses: Losses[];
    before(async () => {
      losses = await run(await configOf(problem), problem);
    });

    test('the loss falls, and the test set is scored by its own measures', () => {
      assert.ok(losses.at(-1)!.total < losses[0]!.total / 3, `from ${losses[0]!.total} to ${losses.at(-1)!.total}`);
      const scored = metricsOf(at(problem)).find(({ type, split }) => type === 'evaluated' && split === 'test');
      const metrics = scored?.metrics as Record<string, number>;
      assert.ok(metrics[metric]! > least, `${metric} ${metrics[metric]}`);
    });

    test("the model says what its outputs mean, as Hugging Face's does", () => {
      const { problem_type, id2label } = modelConfig(join(problem, 'final'));
      assert.equal(problem_type, problem);
      assert.deepEqual(
        Object.values(id2label as object).sort(),
        problem === 'regression' ? ['LABEL_0'] : ['スポーツ', '映画', '東京', '長い', '電気'],
      );
    });

    test('what is for one class a text is refused with its line', async () => {
      const config = await configOf(problem, { labelSmoothing: 0.1, classWeights: 'balanced' });
      const failure = await failureOf('finetune', '--config', config, '--out', at('refused'));
      assert.equal(failure.code, 'configImpossible');
      const { line, keys, reason } = failure.data as { line: number; keys: string[]; reason: string };
      assert.deepEqual([keys, reason], [['labelSmoothing', 'classWeights'], 'not-one-class']);
      assert.match(readFileSync(config, 'utf8').split('\n')[line - 1]!, /"labelSmoothing"/);
    });

    test('a student learns it from a teacher alone', async () => {
      const teacher = at(problem, 'final');
      const config = await configOf(problem, { teacher, alphaCe: 1, alphaLabels: 0, temperature: 3 });
      const found = await run(config, `${problem}-student`);
      assert.ok(found.at(-1)!.ce! < found[0]!.ce! / 3, `from ${found[0]!.ce} to ${found.at(-1)!.ce}`);
      assert.ok(found.at(-1)!.labels! < found[0]!.labels!);
    });

    test('a teacher of another kind is refused', async () => {
      const other = problem === 'regression' ? 'multi_label_classification' : 'regression';
      const config = await configOf(other, { teacher: at(problem, 'final') });
      const failure = await failureOf('finetune', '--config', config, '--out', at('refused'));
      assert.equal(failure.code, 'teacherAnswersDiffer');
      assert.ok(failure.text.includes(problem) && failure.text.includes(other), failure.text);
      assert.ok(!existsSync(at('refused')), 'a run was begun');
    });
  });
}

test('texts without labels and no teacher, and a teacher that nothing is learned from, are refused with their line', async () => {
  for (const [changes, reason, key] of [
    [{ unlabelled: 'x.txt' }, 'unlabelled-without-teacher', 'unlabelled'],
    [{ teacher: 'x', alphaCe: 0, alphaLabels: 0 }, 'no-classifier-loss', 'alphaCe'],
  ] as const) {
    const config = await configOf('regression', changes);
    const failure = await failureOf('finetune', '--config', config, '--out', at('refused'));
    assert.equal(failure.code, 'configImpossible');
    const data = failure.data as { line: number; reason: string };
    assert.equal(data.reason, reason);
    assert.ok(readFileSync(config, 'utf8').split('\n')[data.line - 1]!.includes(`"${key}"`));
  }
});
