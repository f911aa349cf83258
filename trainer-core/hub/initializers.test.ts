import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { tinyConfig, writeVocabulary } from '../../test/support/tinyModels.js';
import { readTorchPickle } from '../checkpoint/torchPickle.js';
import { parameterShapes } from '../models/parameters.js';
import { hasCode } from '../protocol/errors.js';
import { float32, int32 } from '../runtime/hostTensor.js';
import { Program } from '../runtime/program.js';
import { randomWeights } from '../training/languageModelSources.js';
import { teacherGraph } from '../training/teacherGraph.js';
import { folderWeights } from './initializers.js';
import { loadModel, saveModel } from './modelFiles.js';

const folder = mkdtempSync(join(tmpdir(), 'initializers-'));
after(() => rmSync(folder, { recursive: true }));

const config = tinyConfig('bert', { vocabSize: 40 });
const weights = randomWeights(config, 3);
const graph = () => teacherGraph(config, true);
const shapes = parameterShapes(graph());

/** What the model makes of a batch. */
async function hiddenOf(model: Awaited<ReturnType<typeof folderWeights>>): Promise<number[]> {
  const program = await Program.compile(graph(), { threads: 1, ...model });
  const { hidden } = await program.run({
    input_ids: int32(Int32Array.of(2, 9, 3, 2, 30, 3), [2, 3]),
    position_ids: int32(Int32Array.of(0, 1, 2), [3]),
    attention_mask: float32(new Float32Array(6).fill(1), [2, 3]),
    rows: int32(Int32Array.of(0, 1, 4), [3]),
  });
  await program.dispose();
  return [...(hidden?.data ?? [])];
}

const inMemory = { initializers: new Map([...shapes.keys()].map((name) => [name, weights.get(name)!.data])) };

test('a float32 file is mapped, to the same bits as weights in memory', async () => {
  const { vocabFile } = vocabulary();
  await saveModel(join(folder, 'F32'), { config, weights, vocabFile }, 'maskedLm');
  const mapped = await folderWeights(join(folder, 'F32'), shapes);
  assert.equal(mapped.weightsFolder, join(folder, 'F32'));
  assert.ok([...mapped.initializers.values()].every((each) => !(each instanceof Float32Array)));
  assert.deepEqual(await hiddenOf(mapped), await hiddenOf(inMemory));
});

test('half floats are read into memory, rounded', async () => {
  const { vocabFile } = vocabulary();
  await saveModel(join(folder, 'F16'), { config, weights, vocabFile }, 'maskedLm', 'F16');
  const read = await folderWeights(join(folder, 'F16'), shapes);
  assert.equal(read.weightsFolder, undefined);
  for (const [name, data] of read.initializers) {
    const exact = weights.get(name)!.data;
    assert.ok(
      (data as Float32Array).every((x, i) => Math.abs(x - exact[i]!) <= Math.abs(exact[i]!) / 1000 + 1e-7),
      name,
    );
  }
});

test("PyTorch's own file gives the weights of its safetensors", async () => {
  const student = fileURLToPath(new URL('../../../trainer-core/checkpoint/fixtures/student', import.meta.url));
  const { config: saved, weights: fromSafetensors } = await loadModel(student);
  const pickled = await readTorchPickle(join(student, 'pytorch_model.bin'));
  for (const [name, dims] of parameterShapes(teacherGraph(saved, true))) {
    assert.deepEqual(pickled.get(name)?.dims, dims);
    assert.deepEqual(pickled.get(name)?.data, fromSafetensors.get(name)?.data);
  }
});

test('a tensor that is missing or of another shape is told, though the file could not be mapped', async () => {
  const wanted = new Map<string, readonly number[]>([...shapes, ['more', [1]]]);
  await assert.rejects(
    folderWeights(join(folder, 'F32'), wanted),
    (error) => hasCode(error, 'tensorsMissing') && error.data.tensors.join() === 'more',
  );
  const first = [...shapes.keys()][0] as string;
  await assert.rejects(
    folderWeights(join(folder, 'F32'), new Map([...shapes, [first, [1]]])),
    (error) => hasCode(error, 'tensorsMisshapen') && error.data.tensors[0]?.name === first,
  );
});

function vocabulary(): { vocabFile: string } {
  return { vocabFile: writeVocabulary(join(folder, 'vocab.txt')).file };
}
