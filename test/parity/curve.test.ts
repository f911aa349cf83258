/** Curves are found however they are written, replayed against a real run of the reference, and missed when they are not there. */
import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { check } from './check.js';
import { findCurve } from './curveFile.js';
import { isFailure } from './measurement.js';
import { keptFixtures } from './parity.js';

const losses = [3.5, 3.25, 3];

test('a curve is found however it is written', () => {
  const written: unknown[] = [
    losses,
    losses.map((loss, step) => [step, loss]),
    losses.map((total, step) => ({ step, total, ce: 1 })),
    { steps: [1, 2, 3], total: losses, mlm: [1, 1, 1] },
    Object.fromEntries(losses.map((loss, step) => [String(step), loss])),
    { settings: { lr: 1 }, curve: losses.map((loss) => ({ loss })) },
  ];
  for (const value of written) {
    assert.deepEqual(findCurve({ main: value }, 'main')?.losses, losses, JSON.stringify(value));
    assert.deepEqual(findCurve({ curves: { main_loss: value } }, 'main')?.losses, losses);
  }
  assert.deepEqual(findCurve({ main: losses.map((loss) => ({ loss, lr: 2 })) }, 'main')?.learningRates, [2, 2, 2]);
  assert.equal(findCurve({ main: { loss: 'none' }, other: losses }, 'main'), null);
});

/** A curve folder whose run `main` is the reference's case `mlm_default`; its other runs are missing. */
async function curveFolder(change: (totals: number[]) => void): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'parity-curve-'));
  const source = join(keptFixtures, 'A');
  await cp(join(source, 'teacher'), join(folder, 'teacher'), { recursive: true });
  await cp(join(source, 'student'), join(folder, 'student_init'), { recursive: true });
  await cp(join(source, 'mlm_default/batches.safetensors'), join(folder, 'student_batches.safetensors'));
  const { settings, micro_batches } = JSON.parse(await readFile(join(source, 'mlm_default/case.json'), 'utf8')) as {
    settings: object;
    micro_batches: { total: number }[];
  };
  const main = micro_batches.map(({ total }) => total);
  change(main);
  await writeFile(join(folder, 'curve.json'), JSON.stringify({ settings, main }));
  return folder;
}

test('a curve is replayed; what is missing is named and fails', async () => {
  const folder = await curveFolder(() => {});
  const findings = await check(folder);
  await rm(folder, { recursive: true });
  const main = findings.find((finding) => 'quantity' in finding && finding.quantity === 'curve main, steps 1-10');
  assert.ok(main && !isFailure(main));
  const failures = findings.filter(isFailure).map((failure) => ('note' in failure ? failure.note : failure.quantity));
  assert.deepEqual(
    failures.map((words) => words.split(':', 1)[0]),
    ['teacher', 'from_teacher', 'mlm_only'],
  );
});

test('a curve that is off by a ten-thousandth at its last step fails', async () => {
  const folder = await curveFolder((totals) => {
    totals[totals.length - 1] = (totals.at(-1) as number) * 1.0001;
  });
  const failures = (await check(folder)).filter(isFailure);
  await rm(folder, { recursive: true });
  assert.ok(failures.some((failure) => 'quantity' in failure && failure.quantity.startsWith('curve main')));
});
