/** What an estimate says of a run is what the run then says of itself, and nothing is written for it. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { ErrorData } from '../../trainer-core/protocol/errors.js';
import type { Objective, RunEvent } from '../../trainer-core/protocol/events.js';
import type { Estimate, JobProgress } from '../../trainer-core/protocol/jobs.js';
import { failureOf, start } from '../support/commandLine.js';
import { startedIn } from '../support/runFiles.js';
import { mountSmallDisk } from '../support/smallDisk.js';
import {
  LINES,
  writeCorpus,
  writeDistillation,
  writeFinetuning,
  writeTsv,
  writeVocabulary,
} from '../support/tinyModels.js';

const folder = mkdtempSync(join(tmpdir(), 'estimate-'));
after(() => rmSync(folder, { recursive: true }));

type Started = Extract<RunEvent, { type: 'started' }>;

const configs = {} as Record<Objective, string>;
before(async () => {
  configs.distill = await writeDistillation(folder);
  configs.finetune = await writeFinetuning(folder);
  configs.pretrain = join(folder, 'tiny.pretrain.json');
  const model = { layers: 1, hidden: 16, heads: 2, ffn: 32, maxPositionEmbeddings: 64 };
  const settings = {
    model,
    vocab: writeVocabulary(join(folder, 'vocab.txt')).file,
    corpus: [join(folder, 'corpus.txt')],
    corpusSettings: LINES,
  };
  writeFileSync(configs.pretrain, JSON.stringify({ ...settings, maxSeqLength: 64, batchSize: 8, maxSteps: 7 }));
});

async function estimateOf(objective: Objective, config: string): Promise<{ estimate: Estimate; lines: JobProgress[] }> {
  const { code, out, err } = await start(['estimate', '--objective', objective, '--config', config, '--json']).ended;
  assert.deepEqual([code, err], [0, '']);
  const lines = out.trimEnd().split('\n');
  return {
    estimate: JSON.parse(lines.at(-1) as string) as Estimate,
    lines: lines.slice(0, -1).map((line) => JSON.parse(line) as JobProgress),
  };
}

/** The first event of a run, which is then stopped. */
async function startedBy(objective: Objective, config: string, ...more: string[]): Promise<Started> {
  const out = join(mkdtempSync(join(folder, 'run-')), 'run');
  const run = start([objective, '--config', config, '--out', out, '--json', ...more]);
  assert.ok(await run.wrote(/"type":"started".*\n/));
  run.child.kill('SIGKILL');
  return startedIn((await run.ended).out);
}

describe('estimate', () => {
  for (const objective of ['distill', 'finetune', 'pretrain'] as const) {
    test(`of ${objective}: the figures of the run itself, and measured ones that fit together`, async () => {
      const files = readdirSync(folder, { recursive: true });
      const { estimate, lines } = await estimateOf(objective, configs[objective]);
      assert.deepEqual(readdirSync(folder, { recursive: true }), files);

      const { type: _, globalStep: __, ...figures } = await startedBy(objective, configs[objective]);
      const { parameters, sequences, tokensPerEpoch, totalSteps, device } = estimate;
      assert.deepEqual({ objective, totalSteps, parameters, device, sequences, tokensPerEpoch }, figures);
      assert.equal(estimate.extrapolated, false);
      // The teacher has one layer more than the student, and BERT's token types.
      if (objective === 'distill') assert.ok(Number(estimate.teacherParameters) > parameters);
      else assert.equal(estimate.teacherParameters, null);

      assert.ok(estimate.secondsPerStep > 0 && estimate.tokensPerSecond > 0);
      assert.ok(Math.abs(estimate.seconds / (totalSteps * estimate.secondsPerStep) - 1) < 1e-9);
      assert.ok(estimate.memoryBytes > 2 ** 24 && estimate.memoryBytes < totalmem());
      assert.ok(Number(estimate.availableBytes) > 0);
      const stages = lines.map(({ phase, done, total }) => `${phase} ${done}/${total}`);
      // Those in between may come too fast to be shown.
      assert.deepEqual([stages[0], stages[1], stages.at(-1)], ['loading 0/null', 'timing 0/3', 'timing 3/3']);
    });
  }

  test('distill --estimate tells what memory and disk are for and trains nothing; what cannot fit is refused', async (t) => {
    const out = join(folder, 'estimated');
    const argv = ['distill', '--config', configs.distill, '--estimate'];
    const { code, out: said, err } = await start([...argv, '--out', out, '--json']).ended;
    assert.deepEqual([code, err], [0, '']);
    const figures = JSON.parse(said.trimEnd().split('\n').at(-1) as string) as Estimate;
    const { weights, gradients, moments, teacher, rest } = figures.memoryParts;
    const { parameters } = figures;
    // The run accumulates, in place.
    assert.deepEqual([weights, gradients, moments], [4 * parameters, 4 * parameters, 8 * parameters]);
    assert.equal(teacher, 4 * (figures.teacherParameters as number));
    assert.equal(weights + gradients + moments + teacher + rest, figures.memoryBytes);
    assert.ok(figures.flopsPerStep > 6 * figures.parameters);
    assert.ok(!existsSync(out));

    // Two layers of 16 and the head's transform in bytes, a scale for each of their channels.
    const inBytes = await start([...argv, '--out', out, '--teacher-precision', 'int8', '--json']).ended;
    const { memoryParts } = JSON.parse(inBytes.out.trimEnd().split('\n').at(-1) as string) as Estimate;
    const matrices = 2 * (4 * 16 * 16 + 2 * 16 * 32) + 16 * 16;
    const channels = 2 * (5 * 16 + 32) + 16;
    assert.equal(memoryParts.teacher, teacher - 3 * matrices + 4 * channels);

    const disk = mountSmallDisk(t, folder, 100);
    if (disk === null) return;
    const full = join(disk, 'run');
    const refused = await start([...argv, '--out', full, '--keep-checkpoints', '9', '--json']).ended;
    assert.equal(refused.code, 1);
    const error = JSON.parse(refused.err) as { code: string; data: ErrorData['costTooHigh']; action: string };
    assert.equal(error.code, 'costTooHigh');
    assert.equal(error.data.what, 'disk');
    assert.equal(error.data.neededBytes, 4 * figures.parameters * 32);
    assert.ok(error.data.availableBytes <= 100 * 1024);
    assert.match(error.action, /keepCheckpoints/);

    // The weights would fit; what is kept of the teacher does not.
    const cached = [...argv, '--keep-checkpoints', '1', '--alpha-cos', '0', '--teacher-top-k', '64', '--out', full];
    const tooMuch = await start([...cached, '--json']).ended;
    assert.equal(tooMuch.code, 1);
    const { code: reason, data } = JSON.parse(tooMuch.err) as { code: string; data: ErrorData['costTooHigh'] };
    assert.deepEqual([reason, data.what], ['costTooHigh', 'disk']);
    const shown = JSON.parse(tooMuch.out.trimEnd().split('\n').at(-1) as string) as Estimate;
    assert.ok((shown.teacherCacheBytes as number) > 0);
    assert.equal(data.neededBytes, 4 * figures.parameters * 8 + (shown.teacherCacheBytes as number));
  });

  test('a limit in minutes bounds time and steps', async () => {
    const config = join(folder, 'hours.pretrain.json');
    const settings = {
      model: { layers: 1, hidden: 16, heads: 2, ffn: 32 },
      vocab: 'vocab.txt',
      corpus: ['corpus.txt'],
      corpusSettings: LINES,
    };
    writeFileSync(config, JSON.stringify({ ...settings, numEpochs: 1e6, maxMinutes: 0.5 }));
    const { estimate } = await estimateOf('pretrain', config);
    assert.equal(estimate.seconds, 30);
    assert.equal(estimate.totalSteps, Math.floor(30 / estimate.secondsPerStep));
  });

  for (const objective of ['pretrain', 'finetune'] as const) {
    test(`of text too large to read whole, for ${objective}: extrapolated from its first part`, async () => {
      const large = join(folder, `large.${objective}`);
      const text = (objective === 'pretrain' ? writeCorpus : writeTsv)(`${large}.txt`, 60_000);
      const model = { layers: 1, hidden: 16, heads: 2, ffn: 32 };
      const settings =
        objective === 'pretrain'
          ? { model, vocab: 'vocab.txt', corpus: [text], corpusSettings: LINES }
          : { model: 'base', train: text, dev: 'dev.tsv' };
      const config = `${large}.json`;
      writeFileSync(config, JSON.stringify({ ...settings, maxSeqLength: 64, batchSize: 8 }));
      const { estimate } = await estimateOf(objective, config);
      const { sequences, tokensPerEpoch, totalSteps } = await startedBy(objective, config);
      assert.equal(estimate.extrapolated, true);
      for (const [guess, truth] of [
        [estimate.sequences, sequences],
        [estimate.tokensPerEpoch, tokensPerEpoch],
        [estimate.totalSteps, totalSteps],
      ] as const) {
        assert.ok(guess !== truth && Math.abs(guess / truth - 1) < 0.05, `${guess} for ${truth}`);
      }
    });
  }

  test('for people: a table, in either language', async () => {
    const { code, out } = await start(['estimate', '--objective', 'distill', '--config', configs.distill]).ended;
    assert.equal(code, 0);
    assert.match(out, /^weights to train +[\d,]+\nthe teacher's weights +[\d,]+\nsequences +200\n/);
    const widths = out
      .trimEnd()
      .split('\n')
      .map((line) => line.length);
    assert.equal(new Set(widths).size, 1);
    const ja = await start(['estimate', '--objective', 'distill', '--config', configs.distill, '--lang', 'ja']).ended;
    assert.match(ja.out, /^系列 +200$/m);
  });

  test('SIGTERM ends it with 1 and no result', async () => {
    const run = start(['estimate', '--objective', 'distill', '--config', configs.distill, '--json']);
    await run.wrote(/loading/);
    run.child.kill('SIGTERM');
    const { code, out, err } = await run.ended;
    assert.deepEqual([code, err], [1, '']);
    assert.doesNotMatch(out, /"estimate"/);
  });

  test('wrong configs and objectives fail as the run would', async () => {
    const wrong = join(folder, 'wrong.distill.json');
    writeFileSync(wrong, '{\n  "teacher": "nowhere",\n  "corpus": ["corpus.txt"],\n  "bachSize": 4\n}');
    const unknown = await failureOf('estimate', '--objective', 'distill', '--config', wrong);
    assert.deepEqual([unknown.code, unknown.exitCode], ['configUnknownKey', 1]);
    assert.match(unknown.text, /wrong\.distill\.json:4/);
    const objective = await failureOf('estimate', '--objective', 'sleep', '--config', configs.distill);
    assert.deepEqual([objective.code, objective.exitCode], ['configNotAllowed', 2]);
    const device = await failureOf(
      'estimate',
      '--objective',
      'distill',
      '--config',
      configs.distill,
      '--device',
      'cuda',
    );
    assert.equal(device.code, 'deviceUnavailable');
  });
});
