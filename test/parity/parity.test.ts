/** The kept fixtures are within their limits, and the check does notice when they are not. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { check } from './check.js';
import { isFailure, type Measurement } from './measurement.js';
import { keptFixtures, linesOf } from './parity.js';

const program = fileURLToPath(new URL('./parity.js', import.meta.url));
let folder = '';

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parity-test-'));
});
after(() => rm(folder, { recursive: true }));

test('every quantity of the kept fixtures is within its limit', async () => {
  const findings = await check(keptFixtures);
  assert.deepEqual(findings.filter(isFailure), []);
  const measured = findings.filter((finding): finding is Measurement => 'quantity' in finding);
  assert.ok(measured.every(({ limit }) => limit !== null));
  // Every part that is kept has been found: eleven cases, two classifiers, the forward pass, the extraction, the weight files.
  const parts = [...new Set(measured.map(({ part }) => part))].filter((part) => !part.includes(' in '));
  assert.equal(parts.length, 11 + 2 + 1 + 1 + 2, parts.join(' '));
  for (const line of linesOf(findings)) assert.ok(line.length <= 80, line);
});

describe('a spoiled copy', () => {
  /** A copy of one case with its models and batches. */
  const copyCase = async (name: string) => {
    const copy = join(folder, name);
    for (const each of ['teacher', 'student', 'mlm_default/batches.safetensors', 'only_ce'])
      await cp(join(keptFixtures, 'A', each), join(copy, each), { recursive: true });
    return copy;
  };

  test('untouched it passes', async () => {
    const findings = await check(await copyCase('untouched'));
    assert.ok(findings.length > 0);
    assert.deepEqual(findings.filter(isFailure), []);
  });

  test('one gradient off by a ten-thousandth fails that quantity alone, with exit code 1', async () => {
    const copy = await copyCase('gradient');
    const file = join(copy, 'only_ce/grads_first_step.safetensors');
    const bytes = await readFile(file);
    // The last element of the file.
    bytes.writeFloatLE(bytes.readFloatLE(bytes.length - 4) + 1e-4, bytes.length - 4);
    await writeFile(file, bytes);
    const failures = (await check(copy)).filter(isFailure);
    assert.ok(failures.length > 0);
    assert.ok(failures.every((failure) => 'quantity' in failure && failure.quantity.startsWith('gradients')));
    const { status, stdout } = spawnSync(process.execPath, [program, '--fixtures', copy], { encoding: 'utf8' });
    assert.equal(status, 1);
    assert.match(stdout, /^ ! gradients, 25 tensors .* 1\.0e-4 +5\.0e-6$/m);
  });

  test('a case whose batches are missing fails', async () => {
    const copy = await copyCase('batches');
    await rm(join(copy, 'mlm_default'), { recursive: true });
    const failures = (await check(copy)).filter(isFailure);
    assert.ok(failures.some((failure) => 'note' in failure && failure.note.includes('batches.safetensors')));
  });
});

describe('wrong usage ends with exit code 2', () => {
  for (const args of [['--fixture', '.'], ['--fixtures'], ['--fixtures', 'no-such-folder']]) {
    test(args.join(' '), () => {
      const { status, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
      assert.equal(status, 2);
      assert.match(stderr, /usage:/);
    });
  }

  test('a folder without fixtures', async () => {
    const empty = await mkdtemp(join(folder, 'empty-'));
    const { status, stderr } = spawnSync(process.execPath, [program, `--fixtures=${empty}`], { encoding: 'utf8' });
    assert.equal(status, 2);
    assert.match(stderr, /is a fixture/);
  });
});
