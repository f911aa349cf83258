/** A distillation that is scored on held-out text while it goes, keeps its best model, and comes out the same after a kill. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { start } from '../support/commandLine.js';
import { assertSameRun, curve, startedIn } from '../support/runFiles.js';
import { writeDistillation } from '../support/tinyModels.js';

const folder = mkdtempSync(join(tmpdir(), 'validation-'));
after(() => rmSync(folder, { recursive: true }));
const whole = join(folder, 'whole');
let config: string;
/** What the whole run told. */
let told: string;

before(async () => {
  const scored = { validationSequences: 15, evaluationSteps: 4, keepCheckpoints: 3, checkpointSteps: 2 };
  config = await writeDistillation(folder, scored);
  const { code, err, out } = await start(['distill', '--config', config, '--out', whole, '--json']).ended;
  told = out;
  assert.deepEqual([code, err], [0, '']);
});

test('it is scored at the steps asked for and at the end, on sequences that it does not learn from', () => {
  const records = curve(whole);
  const scores = records.filter(({ type }) => type === 'evaluated');
  const last = records.at(-1)?.globalStep as number;
  const due = Array.from({ length: Math.floor(last / 4) }, (_, i) => 4 * (i + 1));
  assert.deepEqual(
    scores.map(({ globalStep }) => globalStep),
    last % 4 === 0 ? due : [...due, last],
  );
  assert.equal(startedIn(told).sequences, 185);
  for (const { metrics } of scores) {
    const { loss, perplexity, accuracy, agreement, kl } = metrics as Record<string, number>;
    assert.ok(Math.abs((perplexity as number) / Math.exp(loss as number) - 1) < 1e-12);
    for (const part of [accuracy, agreement]) assert.ok((part as number) >= 0 && (part as number) <= 1);
    assert.ok((kl as number) > 0);
  }
  const [first, final] = [scores[0], scores.at(-1)].map((score) => (score?.metrics as { loss: number }).loss);
  assert.ok((final as number) < (first as number), 'nothing is learned');
});

test('the best model is the final one, and as many checkpoints are kept as were asked for', () => {
  const weights = (name: string) => readFileSync(join(whole, name, 'model.safetensors'));
  assert.ok(weights('best').equals(weights('final')));
  assert.equal(readdirSync(join(whole, 'checkpoints')).length, 3);
});

test('killed with -9 after it was scored and resumed, it comes out the same', async () => {
  const out = join(folder, 'killed');
  const run = start(['distill', '--config', config, '--out', out, '--json']);
  await run.wrote(/"type":"evaluated"[\s\S]*"type":"checkpoint"/);
  run.child.kill('SIGKILL');
  await run.ended;
  const resumed = await start(['distill', '--config', config, '--out', out, '--json', '--resume']).ended;
  assert.deepEqual([resumed.code, resumed.err], [0, '']);
  assert.ok(startedIn(resumed.out).globalStep > 0);
  assertSameRun(out, whole);
});
