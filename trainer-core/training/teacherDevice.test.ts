import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { assertSameRun, metricsOf } from '../../test/support/runFiles.js';
import { useSoftwareVulkan } from '../../test/support/softwareVulkan.js';
import { writeDistillation } from '../../test/support/tinyModels.js';
import { distillConfig } from '../protocol/distillConfig.js';
import { hasCode } from '../protocol/errors.js';
import { parseConfig } from '../protocol/parseConfig.js';
import { runDistill } from './distill.js';

const skip = useSoftwareVulkan();
const folder = mkdtempSync(join(tmpdir(), 'teacher-device-'));
after(() => rmSync(folder, { recursive: true }));

const SMALL = { numEpochs: 1, batchSize: 8, gradientAccumulationSteps: 1, logSteps: 1, maxSteps: 3 };

/** Trains a few steps with these devices and gives the run's folder. */
async function trained(devices: object, more: object = {}): Promise<string> {
  const file = await writeDistillation(folder, { ...SMALL, ...devices, ...more });
  const config = parseConfig(distillConfig, readFileSync(file, 'utf8'), file);
  const out = mkdtempSync(join(folder, 'run-'));
  await runDistill(config, { out, resume: false, signal: new AbortController().signal, onEvent() {} });
  return out;
}

const totals = (out: string) =>
  metricsOf(out).flatMap(({ type, losses }) => (type === 'step' ? [(losses as { total: number }).total] : []));

test('a teacher on the device of the student is the same, named or not', async () => {
  assertSameRun(await trained({ device: 'cpu' }), await trained({ device: 'cpu', teacherDevice: 'cpu' }));
});

for (const devices of [
  { device: 'webgpu', teacherDevice: 'cpu' },
  { device: 'cpu', teacherDevice: 'webgpu' },
]) {
  test(
    `a student on ${devices.device} learns from a teacher on ${devices.teacherDevice} what it learns on one device`,
    {
      skip,
    },
    async () => {
      const [expected, got] = [totals(await trained({ device: 'cpu' })), totals(await trained(devices))];
      assert.equal(got.length, SMALL.maxSteps);
      expected.forEach((loss, i) => {
        assert.ok(Math.abs((got[i] as number) - loss) < 1e-4 * loss, `step ${i}: ${got[i]} instead of ${loss}`);
      });
    },
  );
}

test('a teacher in int8 stays on the CPU, and is refused elsewhere', { skip }, async () => {
  const int8 = { teacherPrecision: 'int8' };
  const [expected, got] = [
    totals(await trained({ device: 'cpu' }, int8)),
    totals(await trained({ device: 'webgpu' }, int8)),
  ];
  expected.forEach((loss, i) => {
    assert.ok(Math.abs((got[i] as number) - loss) < 1e-4 * loss, `step ${i}: ${got[i]} instead of ${loss}`);
  });
  await assert.rejects(
    trained({ device: 'cpu', teacherDevice: 'webgpu' }, int8),
    (error) => hasCode(error, 'teacherPrecisionUnavailable') && error.data.device === 'webgpu',
  );
});
