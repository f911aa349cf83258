/** Hidden states, attention weights and logits of teacher and student against `forward.safetensors`. */
import { join } from 'node:path';
import { readSafetensors } from '../../trainer-core/checkpoint/safetensors.js';
import { encoderFeeds } from '../../trainer-core/classify/encoderFeeds.js';
import { Graph } from '../../trainer-core/graph/graph.js';
import type { Value } from '../../trainer-core/graph/ops.js';
import { type LoadedModel, loadModel } from '../../trainer-core/hub/modelFiles.js';
import { encoder } from '../../trainer-core/models/encoder.js';
import { maskedLmTransform, vocabularyLogits } from '../../trainer-core/models/heads.js';
import { parameterShapes, selectParameters } from '../../trainer-core/models/parameters.js';
import type { FloatTensor, NamedTensors } from '../../trainer-core/protocol/tensor.js';
import { float32, type HostTensor } from '../../trainer-core/runtime/hostTensor.js';
import { Program } from '../../trainer-core/runtime/program.js';
import type { LanguageModelBatch } from '../../trainer-core/training/languageModelBatch.js';
import { type Findings, greatestDifference, limits } from './measurement.js';

/** Compares every tensor that the file has under the names `{teacher,student}.{logits,hidden.i,attentions.i}[_nomask]`. */
export async function checkForward(folder: string, findings: Findings): Promise<void> {
  const tensors = await readSafetensors(join(folder, 'forward.safetensors'));
  const known = new Set(['input_ids', 'attention_mask', 'labels']);
  for (const role of ['teacher', 'student']) {
    const model = await loadModel(join(folder, role));
    for (const masked of [true, false]) {
      const got = await forward(model, tensors, masked);
      for (const kind of ['logits', 'hidden', 'attentions']) {
        const name = (key: string) => `${role}.${key}${masked ? '' : '_nomask'}`;
        const keys = [...got.keys()].filter((key) => key.startsWith(kind) && tensors.has(name(key)));
        if (keys.length === 0) continue;
        for (const key of keys) known.add(name(key));
        const differences = keys.map((key) =>
          greatestDifference((got.get(key) as HostTensor).data, (tensors.get(name(key)) as FloatTensor).data),
        );
        const difference = differences.reduce((a, b) => (b <= a ? a : b));
        findings.measure(`${role} ${kind}${masked ? '' : ', no mask'}`, difference, limits.activation);
      }
    }
  }
  for (const name of tensors.keys()) if (!known.has(name)) findings.note(`forward.safetensors: ${name} not compared`);
}

/** The id that a model finds likeliest at each position [B · S]. */
export async function predictions(model: LoadedModel, batch: LanguageModelBatch): Promise<Int32Array> {
  const { batchSize, sequenceLength, inputIds, lengths } = batch;
  const dims = [batchSize, sequenceLength];
  const mask = Float32Array.from(inputIds, (_, i) =>
    i % sequenceLength < (lengths[Math.floor(i / sequenceLength)] as number) ? 1 : 0,
  );
  const tensors: NamedTensors = new Map([
    ['input_ids', { dims, data: Float32Array.from(inputIds) }],
    ['attention_mask', { dims, data: mask }],
  ]);
  const logits = (await forward(model, tensors, true)).get('logits')?.data as Float32Array;
  const size = model.config.vocabSize;
  return inputIds.map((_, i) => {
    const row = logits.subarray(i * size, (i + 1) * size);
    return row.indexOf(row.reduce((a, b) => Math.max(a, b)));
  });
}

async function forward(
  { config, weights, folder }: LoadedModel,
  batch: NamedTensors,
  masked: boolean,
): Promise<Map<string, HostTensor>> {
  const graph = new Graph();
  const ctx = { g: graph, training: false };
  const { hidden, layers } = encoder(ctx, config, { attentionMask: masked });
  hidden.forEach((value, i) => {
    graph.output(`hidden.${i}`, value);
  });
  layers.forEach(({ weights: value }, i) => {
    graph.output(`attentions.${i}`, value);
  });
  graph.output('logits', vocabularyLogits(graph, config, maskedLmTransform(ctx, config, hidden.at(-1) as Value)));
  const selected = selectParameters(parameterShapes(graph), weights, folder);
  const program = await Program.compile(graph, { threads: 1 });
  const ids = batch.get('input_ids') as FloatTensor;
  const [batchSize, sequenceLength] = ids.dims as [number, number];
  const outputs = await program.run({
    ...encoderFeeds(Int32Array.from(ids.data), batchSize, sequenceLength),
    attention_mask: float32((batch.get('attention_mask') as FloatTensor).data, [batchSize, sequenceLength]),
    ...Object.fromEntries(selected),
  });
  await program.dispose();
  return new Map(Object.entries(outputs));
}
