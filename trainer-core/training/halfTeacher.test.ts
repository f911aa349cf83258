/** A teacher in half precision: near itself in single precision, half as large, and refused where nothing computes so. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { writeDistillation, writeLanguageModel } from '../../test/support/tinyModels.js';
import { loadModel } from '../hub/modelFiles.js';
import { TEACHERS } from '../models/config.js';
import { distillConfig } from '../protocol/distillConfig.js';
import { hasCode } from '../protocol/errors.js';
import { parseConfig } from '../protocol/parseConfig.js';
import { cpuDevice } from '../runtime/devices.js';
import type { HostTensor } from '../runtime/hostTensor.js';
import { distillTask } from './distill.js';
import { languageModelRuns } from './languageModelBatch.js';
import { runCorpus } from './runCorpus.js';
import { TeacherProgram, teacherBytes, teacherOf } from './teacher.js';
import { PREDICTIONS, TEACHER } from './teacherGraph.js';

const folder = mkdtempSync(join(tmpdir(), 'half-teacher-'));
after(() => rmSync(folder, { recursive: true }));

test('a teacher in half precision has the states of single precision but for their rounding, in half the memory', async () => {
  const place = join(folder, 'teacher');
  await writeLanguageModel(place, 'bert', {
    hiddenSize: 64,
    intermediateSize: 256,
    vocabSize: 500,
    initializerRange: 0.05,
  });
  const model = await loadModel(place, TEACHERS);
  const ids = Int32Array.from({ length: 40 }, (_, i) => 5 + ((i * 7) % 60));
  const labels = new Int32Array(40).fill(9);
  const batch = { batchSize: 4, sequenceLength: 10, inputIds: ids, labels, lengths: Int32Array.of(10, 10, 10, 10) };
  const cut = { labelledChunks: 1, otherChunks: 0, restrictCeToMask: true, attentionMask: true, tokensPerRun: 1024 };
  const [run] = languageModelRuns([batch], cut);
  const states: Float32Array[] = [];
  const bytes: number[] = [];
  for (const precision of ['fp32', 'fp16'] as const) {
    const teacher = await teacherOf(model, precision);
    bytes.push(teacherBytes(teacher));
    const program = await TeacherProgram.compile(teacher, true, PREDICTIONS, cpuDevice(1));
    const { feeds } = await program.run(run!.feeds);
    states.push((feeds[TEACHER.transformed] as HostTensor).data as Float32Array);
    await program.dispose();
  }
  const [single, half] = states as [Float32Array, Float32Array];
  const difference = single.reduce((worst, x, i) => Math.max(worst, Math.abs(x - (half[i] as number))), 0);
  assert.ok(difference > 0 && difference < 0.01, `${difference}`);
  assert.ok((bytes[1] as number) < 0.55 * (bytes[0] as number), bytes.join(' '));
});

test('a teacher in half precision is refused on the CPU', async () => {
  const place = join(folder, 'run');
  mkdirSync(place);
  const file = await writeDistillation(place, { teacherPrecision: 'fp16' });
  const config = parseConfig(distillConfig, readFileSync(file, 'utf8'), file);
  const options = { out: join(place, 'out'), resume: false, signal: new AbortController().signal, onEvent() {} };
  await assert.rejects(
    distillTask(config, file, runCorpus(options)),
    (error) => hasCode(error, 'teacherPrecisionUnavailable') && error.data.device === 'cpu',
  );
});
