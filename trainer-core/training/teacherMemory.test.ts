import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, mock, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { writeDistillation, writeLanguageModel } from '../../test/support/tinyModels.js';
import { distillConfig } from '../protocol/distillConfig.js';
import { parseConfig } from '../protocol/parseConfig.js';
import { distillTask } from './distill.js';
import { runCorpus } from './runCorpus.js';
import { runTeacherCache } from './runTeacherCache.js';
import { TeacherProgram } from './teacher.js';

const folder = mkdtempSync(join(tmpdir(), 'memory-'));
after(() => rmSync(folder, { recursive: true }));

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes that JavaScript holds in arrays once everything that can be let go has been. */
async function heldBytes(): Promise<number> {
  for (let i = 0; i < 4; i++) {
    collect();
    await sleep(20);
  }
  return process.memoryUsage().arrayBuffers;
}

const FLOATS = 4 * 2 * (4 * 256 * 256 + 2 * 256 * 1024);

for (const settings of [
  { teacherPrecision: 'fp32' },
  { teacherPrecision: 'int8' },
  { teacherPrecision: 'int8', validationSequences: 20 },
  { teacherPrecision: 'int8', teacherTopK: 8, alphaCos: 0 },
]) {
  test(`a training keeps no copy of its teacher's matrices in floats: ${JSON.stringify(settings)}`, async () => {
    const student = { layers: 1, hidden: 16, heads: 2, ffn: 32 };
    const file = await writeDistillation(folder, { student, studentInit: 'random', ...settings });
    await writeLanguageModel(join(folder, 'teacher'), 'bert', { hiddenSize: 256, heads: 4, intermediateSize: 1024 });
    const config = parseConfig(distillConfig, readFileSync(file, 'utf8'), file);
    const options = {
      out: join(folder, 'run'),
      resume: false,
      signal: new AbortController().signal,
      onEvent: () => {},
    };
    const before = await heldBytes();
    const { task } = await distillTask(config, file, runCorpus(options), runTeacherCache(options));
    const held = (await heldBytes()) - before;
    // The run needs the word embeddings, for the projection, and what is its own.
    assert.ok(held < FLOATS / 3, `${held} bytes more than before; the matrices are ${FLOATS}`);
    await task.dispose();
  });
}

test('training and validation share one teacher, which scores as its own would', async () => {
  const scores: Record<string, number>[] = [];
  for (const [settings, programs] of [
    [{}, 1],
    // Nothing that is learned reads what the teacher predicts.
    [{ alphaCe: 0, alphaCos: 0, alphaHidden: 1 }, 2],
  ] as const) {
    const file = await writeDistillation(folder, { teacherPrecision: 'int8', validationSequences: 20, ...settings });
    const config = parseConfig(distillConfig, readFileSync(file, 'utf8'), file);
    const options = {
      out: join(folder, 'run'),
      resume: false,
      signal: new AbortController().signal,
      onEvent: () => {},
    };
    const compile = mock.method(TeacherProgram, 'compile');
    const { task } = await distillTask(config, file, runCorpus(options), runTeacherCache(options));
    assert.equal(compile.mock.callCount(), programs);
    compile.mock.restore();
    scores.push((await task.evaluate?.())?.metrics ?? {});
    await task.dispose();
  }
  const [shared, own] = scores;
  assert.ok((shared?.kl ?? 0) > 0);
  assert.deepEqual(shared, own);
});
