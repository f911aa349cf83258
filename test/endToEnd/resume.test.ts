/** Runs that are killed, stopped and gone on with come out as if nothing had happened, to the last bit. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../../trainer-core/corpus/random.js';
import { start } from '../support/commandLine.js';
import { assertSameRun, curve, metricsOf, startedIn, stateOf, weightsOf } from '../support/runFiles.js';
import { writeClassifier, writeCorpus, writeDistillation, writeFinetuning } from '../support/tinyModels.js';

const folder = mkdtempSync(join(tmpdir(), 'resume-'));
after(() => rmSync(folder, { recursive: true }));

/** The files of a folder, to compare byte by byte. */
function bytes(path: string): Record<string, string> {
  return Object.fromEntries(readdirSync(path).map((name) => [name, readFileSync(join(path, name), 'base64')]));
}

async function runWhole(command: string, config: string, out: string, ...more: string[]): Promise<void> {
  const { code, err } = await start([command, '--config', config, '--out', out, '--json', ...more]).ended;
  assert.deepEqual([code, err], [0, '']);
}

/** Kills the run again and again, each time at another moment after it has begun to train, then lets it end. Gives the steps it went on from. */
async function runWithKills(command: string, config: string, out: string, seed: number): Promise<number[]> {
  const random = Random.fromSeed(seed);
  const from: number[] = [];
  for (;;) {
    const resume = existsSync(join(out, 'state.json')) ? ['--resume'] : [];
    const run = start([command, '--config', config, '--out', out, '--json', ...resume]);
    // A moment within the first steps; the later ones are reached as checkpoints are.
    if (from.length < 4) {
      await run.wrote(/"type":"checkpoint"/);
      await sleep(random.below(150));
      run.child.kill('SIGKILL');
    }
    const { code, err, out: events } = await run.ended;
    assert.equal(err, '');
    from.push(startedIn(events).globalStep);
    if (code === 0) return from;
    assert.equal(code, null);
  }
}

/**
 * Kills the run whatever it is doing: each time `after` ms from the start of its process, or of its training, and lets it end at last.
 * Gives how many of the kills met it alive.
 */
async function runWithKillsAt(
  config: string,
  out: string,
  kills: readonly { of: 'process' | 'training'; after: number }[],
): Promise<number> {
  let killed = 0;
  for (const kill of [...kills, null]) {
    // Before it has a config there is no run yet, and the same command begins it.
    const resume = existsSync(join(out, 'config.json')) ? ['--resume'] : [];
    const run = start(['distill', '--config', config, '--out', out, '--json', ...resume]);
    if (kill?.of === 'training') await run.wrote(/"type":"started"/);
    if (kill) await Promise.race([sleep(kill.after).then(() => run.child.kill('SIGKILL')), run.ended]);
    const { code, err } = await run.ended;
    assert.equal(err, '');
    if (code === null) killed++;
    else assert.equal(code, 0);
  }
  return killed;
}

/** The run went on from at least two different checkpoints. */
function assertKilled(from: readonly number[]): void {
  assert.equal(from[0], 0);
  assert.ok(new Set(from).size >= 3, `it went on from ${from}`);
}

describe('a distillation with dropout, masks, several runs a micro-batch and accumulation', () => {
  let config: string;
  const whole = join(folder, 'distill-whole');

  before(async () => {
    config = await writeDistillation(folder);
    await runWhole('distill', config, whole);
  });

  test('killed with -9 again and again and resumed, it ends byte for byte as if it had not been', async () => {
    const out = join(folder, 'distill-killed');
    assertKilled(await runWithKills('distill', config, out, 11));
    assertSameRun(out, whole);
    assert.deepEqual(
      readdirSync(join(out, 'checkpoints')).filter((name) => name.startsWith('.')),
      [],
    );
  });

  test('another seed gives other weights', async () => {
    const other = join(folder, 'distill-other');
    await runWhole('distill', config, other, '--seed', '57');
    assert.notDeepEqual(curve(other), curve(whole));
    assert.ok(weightsOf(other) !== weightsOf(whole));
  });

  test('Ctrl+C finishes the step, saves, ends with 1 and prints the command that goes on; nothing is written over', async () => {
    const out = join(folder, 'distill-stopped');
    const run = start(['distill', '--config', config, '--out', out]);
    while (!existsSync(join(out, 'checkpoints'))) await sleep(20);
    run.child.kill('SIGINT');
    const { code, err } = await run.ended;
    assert.equal(code, 1);
    assert.match(err, /Finishing this step and saving/);
    assert.equal(stateOf(out).status, 'stopped');
    const step = /Stopped after step (\d+)/.exec(err)?.[1] as string;
    const checkpoint = join(out, 'checkpoints', `step-${step.padStart(6, '0')}`);
    const saved = bytes(checkpoint);
    assert.ok(saved['model.safetensors']);
    assert.ok(!existsSync(join(out, 'final')));

    const refused = await start(['distill', '--config', config, '--out', out]).ended;
    assert.equal(refused.code, 1);
    assert.match(refused.err, /already holds something[\s\S]*--resume[\s\S]*--fresh/);
    assert.deepEqual(bytes(checkpoint), saved);

    const command = /To go on: node \S+ (.+)$/m.exec(err)?.[1]?.split(' ') as string[];
    assert.deepEqual(command, ['distill', '--out', out, '--resume']);
    const resumed = await start(command).ended;
    assert.equal(resumed.code, 0);
    assert.match(resumed.err, new RegExp(`going on from step ${step}\\b`));
    assertSameRun(out, whole);
    assert.equal(stateOf(out).status, 'finished');
  });

  test('--fresh starts anew, and the same seed gives the same bytes', async () => {
    const out = join(folder, 'distill-stopped');
    const fresh = await start(['distill', '--config', config, '--out', out, '--fresh', '--json']).ended;
    assert.equal(fresh.code, 0);
    assert.equal(startedIn(fresh.out).globalStep, 0);
    assertSameRun(out, whole);
  });
});

describe('a distillation through a projection, with weights and a temperature that move, whole words masked, sizes mixed', () => {
  const place = join(folder, 'projected');
  const whole = join(place, 'whole');
  let config: string;
  /** How long training takes. */
  let trainingMs: number;

  before(async () => {
    mkdirSync(place);
    config = await writeDistillation(place, {
      student: { layers: 1, hidden: 24, heads: 2, ffn: 32 },
      studentInit: 'random',
      alphaHidden: [2, 0],
      alphaRelation: [0, 1],
      relationHeads: 4,
      temperature: [4, 1],
      wholeWordMasking: true,
      dropout: 0.2,
      groupByLength: false,
      gradientAccumulationSteps: 3,
      checkpointSteps: 1,
      numEpochs: 8,
    });
    await runWhole('distill', config, whole);
    const times = metricsOf(whole).map(({ time }) => time as number);
    trainingMs = (times.at(-1) as number) - (times[0] as number);
  });

  test('killed with -9 at any moment, also while it starts and saves, it ends byte for byte as if it had not been', async () => {
    const random = Random.fromSeed(23);
    const kills = Array.from({ length: 7 }, (_, i) =>
      i % 3 === 1
        ? ({ of: 'process', after: random.below(1500) } as const)
        : ({ of: 'training', after: random.below(trainingMs / 4) } as const),
    );
    const out = join(place, 'killed');
    const killed = await runWithKillsAt(config, out, kills);
    assert.ok(killed >= 5, `only ${killed} kills of ${kills.length} met a living trainer`);
    assertSameRun(out, whole);
    const { 'README.md': card, ...model } = bytes(join(out, 'final'));
    const { 'README.md': cardWhole, ...modelWhole } = bytes(join(whole, 'final'));
    assert.ok(card && cardWhole);
    assert.deepEqual(model, modelWhole);
  });

  test('a checkpoint with a byte that flipped is passed over with a warning, and the one before leads to the same end', async () => {
    const out = join(place, 'flipped');
    const run = start(['distill', '--config', config, '--out', out, '--json']);
    await run.wrote(/"type":"checkpoint"[\s\S]*"type":"checkpoint"/);
    run.child.kill('SIGKILL');
    await run.ended;
    const checkpoints = readdirSync(join(out, 'checkpoints')).filter((name) => name.startsWith('step-'));
    const newest = join(out, 'checkpoints', checkpoints.sort().at(-1) as string);
    const file = join(newest, 'optimizer.safetensors');
    const damaged = readFileSync(file);
    damaged[damaged.length - 5]! ^= 1;
    writeFileSync(file, damaged);

    const resumed = await start(['distill', '--out', out, '--resume', '--json']).ended;
    assert.deepEqual([resumed.code, resumed.err], [0, '']);
    const warned = resumed.out.split('\n').filter((line) => line.includes('"checkpointSkipped"'));
    assert.equal(warned.length, 1);
    const { folder: skipped, reason } = JSON.parse(warned[0] as string) as { folder: string; reason: string };
    assert.equal(skipped, newest);
    assert.match(reason, /optimizer\.safetensors.*checksum/);
    assert.equal(startedIn(resumed.out).globalStep, Number(checkpoints.at(-2)?.slice('step-'.length)));
    assertSameRun(out, whole);
  });
});

describe('a distillation by a teacher in int8, with validation', () => {
  const place = join(folder, 'int8');
  const whole = join(place, 'whole');
  const firstLosses = (run: string) => curve(run).find(({ type }) => type === 'step')?.losses as Record<string, number>;
  const lossAt = (run: string, at: number) => {
    const scored = curve(run).filter(({ type }) => type === 'evaluated');
    return (scored.at(at)?.metrics as { loss: number }).loss;
  };

  before(async () => {
    mkdirSync(place);
    const config = await writeDistillation(place, { validationSequences: 24, evaluationSteps: 3 });
    await runWhole('distill', config, whole, '--teacher-precision', 'int8');
    await runWhole('distill', config, join(place, 'fp32'));
  });

  test('it trains, near to what it does by the teacher in float32, and its config says so', () => {
    const settings = JSON.parse(readFileSync(join(whole, 'config.json'), 'utf8')) as { teacherPrecision: string };
    assert.equal(settings.teacherPrecision, 'int8');
    assert.ok(lossAt(whole, -1) < lossAt(whole, 0) - 0.1, `${lossAt(whole, -1)} after ${lossAt(whole, 0)}`);
    assert.ok(Math.abs(lossAt(whole, -1) - lossAt(join(place, 'fp32'), -1)) < 0.05);
    const [got, expected] = [firstLosses(whole), firstLosses(join(place, 'fp32'))];
    assert.ok(got.ce !== expected.ce && Math.abs((got.ce as number) / (expected.ce as number) - 1) < 0.02);
  });

  test('killed with -9 again and again and resumed, it ends byte for byte as if it had not been', async () => {
    const settings = { teacherPrecision: 'int8', validationSequences: 24, evaluationSteps: 3 };
    const out = join(place, 'killed');
    assertKilled(await runWithKills('distill', await writeDistillation(place, settings), out, 29));
    assertSameRun(out, whole);
  });
});

describe('a distillation that keeps what the teacher predicts', () => {
  const place = join(folder, 'cached');
  const whole = join(place, 'whole');
  let config: string;

  before(async () => {
    mkdirSync(place);
    config = await writeDistillation(place, {
      corpus: [writeCorpus(join(folder, 'cached.txt'), 1000)],
      alphaCos: 0,
      teacherTopK: 16,
      teacherCacheMasks: 2,
      checkpointSteps: 1,
      numEpochs: 3,
    });
    await runWhole('distill', config, whole);
  });

  test('killed with -9 at any moment, also while the predictions are written, it ends byte for byte as if it had not been', async () => {
    const random = Random.fromSeed(31);
    // A cache of its own, beside another run.
    const out = join(place, 'apart', 'killed');
    const caches = (of: string) => join(of, 'teacherCaches');
    let [killed, unfinished] = [0, 0];
    for (let kills = 0; ; kills++) {
      const resume = existsSync(join(out, 'state.json')) ? ['--resume'] : [];
      if (resume.length === 0) rmSync(out, { recursive: true, force: true });
      const run = start(['distill', '--config', config, '--out', out, '--json', ...resume]);
      if (kills < 4) {
        await run.wrote(/"phase":"predicting"|"type":"started"/);
        await Promise.race([sleep(kills * random.below(130)).then(() => run.child.kill('SIGKILL')), run.ended]);
      } else if (kills < 7) {
        await run.wrote(/"type":"started"/);
        await Promise.race([sleep(random.below(400)).then(() => run.child.kill('SIGKILL')), run.ended]);
      }
      const { code, err } = await run.ended;
      assert.equal(err, '');
      if (code !== null) {
        assert.equal(code, 0);
        if (kills >= 7) break;
      } else killed++;
      const names = existsSync(caches(join(place, 'apart'))) ? readdirSync(caches(join(place, 'apart'))) : [];
      if (names.some((name) => !existsSync(join(caches(join(place, 'apart')), name, 'cache.json')))) unfinished++;
    }
    assert.ok(killed >= 5 && unfinished >= 1, `${killed} kills, ${unfinished} while predictions were written`);
    assertSameRun(out, whole);
    const names = readdirSync(caches(place));
    assert.equal(names.length, 2);
    for (const name of names)
      assert.deepEqual(bytes(join(caches(join(place, 'apart')), name)), bytes(join(caches(place), name)));
  });
});

describe('a fine-tuning with patience', () => {
  let config: string;
  const whole = join(folder, 'finetune-whole');

  before(async () => {
    config = await writeFinetuning(folder);
    await runWhole('finetune', config, whole);
  });

  test('ends by its patience and keeps the best epoch', () => {
    const records = curve(whole);
    const dev = records.filter(({ type }) => type === 'evaluated');
    assert.deepEqual(
      dev.slice(-4).map(({ best }) => best),
      [true, false, false, false],
    );
    assert.ok(dev.length < 30);
    const epochs = dev.map(({ globalStep }) => globalStep);
    assert.equal(new Set(epochs).size, epochs.length, 'no epoch is scored twice');
    const told = records.filter(({ type }) => type === 'step').map(({ globalStep }) => globalStep);
    assert.equal(told.at(-1), epochs.at(-1), 'the last steps are not told');
    const { 'README.md': card, 'losses.svg': losses, 'scores.svg': scores, ...model } = bytes(join(whole, 'final'));
    assert.deepEqual(model, bytes(join(whole, 'best')));
    assert.ok(card && losses && scores);
  });

  test('killed with -9 again and again and resumed, it keeps patience and best epoch', async () => {
    const out = join(folder, 'finetune-killed');
    assertKilled(await runWithKills('finetune', config, out, 5));
    assertSameRun(out, whole);
    assert.deepEqual(bytes(join(out, 'best')), bytes(join(whole, 'best')));
  });

  test('resuming a finished run changes nothing but its log', async () => {
    const before_ = curve(whole);
    const model = bytes(join(whole, 'final'));
    await runWhole('finetune', config, whole, '--resume');
    assert.deepEqual(bytes(join(whole, 'final')), model);
    assert.deepEqual(curve(whole).slice(0, before_.length), before_);
  });
});

describe('a fine-tuning with rates by layer, smoothed and weighted labels, a teacher and texts without labels', () => {
  const place = join(folder, 'finetune-soft');
  const whole = join(place, 'whole');
  let config: string;

  before(async () => {
    mkdirSync(place);
    await writeClassifier(join(place, 'teacher'), 'bert');
    config = await writeFinetuning(place, {
      layerwiseLrDecay: 0.8,
      weightDecay: 0.1,
      warmupProportion: 0.1,
      labelSmoothing: 0.1,
      classWeights: 'balanced',
      teacher: join(place, 'teacher'),
      unlabelled: writeCorpus(join(place, 'unlabelled.txt'), 30, 4),
      gradientAccumulationSteps: 3,
      checkpointSteps: 1,
      patience: 2,
    });
    await runWhole('finetune', config, whole);
  });

  test('killed with -9 again and again and resumed, it ends by the same patience, byte for byte', async () => {
    const dev = curve(whole).filter(({ type }) => type === 'evaluated');
    assert.deepEqual(
      dev.slice(-3).map(({ best }) => best),
      [true, false, false],
    );
    const out = join(place, 'killed');
    assertKilled(await runWithKills('finetune', config, out, 9));
    assertSameRun(out, whole);
    assert.deepEqual(bytes(join(out, 'best')), bytes(join(whole, 'best')));
    assert.equal(readdirSync(join(place, 'soft-labels')).length, 1, 'the teacher is asked once');
  });
});
