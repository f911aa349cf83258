/** PyTorch's weight files against the safetensors file beside them: the same tensors to the last bit, tied copies included. */
import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readModelWeights } from '../../trainer-core/checkpoint/modelFolder.js';
import type { FloatTensor, NamedTensors } from '../../trainer-core/protocol/tensor.js';
import { compareTensors, type Findings, limits } from './measurement.js';

/** What a full state dict repeats under a second name. */
const tied: Record<string, string> = {
  'vocab_projector.weight': 'distilbert.embeddings.word_embeddings.weight',
  'cls.predictions.decoder.weight': 'bert.embeddings.word_embeddings.weight',
  'cls.predictions.decoder.bias': 'cls.predictions.bias',
};

/** Reads each `*.bin` file of a model folder, where there is one, as a model folder of its own. */
export async function checkWeightFiles(folder: string, findings: Findings): Promise<void> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.bin')).sort();
  if (files.length === 0) return;
  const expected = await readModelWeights(folder);
  for (const file of files) {
    const alone = await mkdtemp(join(tmpdir(), 'parity-'));
    try {
      await copyFile(join(folder, file), join(alone, 'pytorch_model.bin'));
      const got = await readModelWeights(alone);
      findings.measure(file, compareTensors(got, withTied(expected, got)).difference, limits.exact);
      const extra = [...got.keys()].filter((name) => !expected.has(name) && !(name in tied));
      if (extra.length > 0) findings.note(`${file}: ${extra.join(', ')} not compared`);
    } finally {
      await rm(alone, { recursive: true });
    }
  }
}

function withTied(tensors: NamedTensors, got: NamedTensors): NamedTensors {
  const copies = Object.entries(tied).filter(([copy, original]) => got.has(copy) && tensors.has(original));
  return new Map([
    ...tensors,
    ...copies.map(([copy, original]) => [copy, tensors.get(original) as FloatTensor] as const),
  ]);
}
