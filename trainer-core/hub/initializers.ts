/** A model folder's weights as a graph's initializers: mapped from the file where that is possible, which costs no memory of its own. */
import { join } from 'node:path';
import { readModelWeights } from '../checkpoint/modelFolder.js';
import { readSafetensorsHeader } from '../checkpoint/safetensors.js';
import { selectParameters } from '../models/parameters.js';
import { hasCode } from '../protocol/errors.js';
import type { Initializer } from '../runtime/onnxEncoder.js';

/** What `Program.compile` wants of a model's weights. */
export interface Weights {
  initializers: ReadonlyMap<string, Initializer>;
  /** The folder that mapped files' names are relative to. */
  weightsFolder?: string;
}

const MAPPED_FILE = 'model.safetensors';

/** The parameters of these names and shapes. Throws `tensorsMissing`, `tensorsMisshapen`, and the errors of reading models. */
export async function folderWeights(folder: string, shapes: ReadonlyMap<string, readonly number[]>): Promise<Weights> {
  const mapped = await mappedInitializers(folder, shapes);
  if (mapped) return { initializers: mapped, weightsFolder: folder };
  return await heldWeights(folder, shapes);
}

/** The same in memory, where a lowering is to make something else of them. */
export async function heldWeights(folder: string, shapes: ReadonlyMap<string, readonly number[]>): Promise<Weights> {
  const weights = selectParameters(shapes, await readModelWeights(folder), folder);
  return { initializers: new Map([...weights].map(([name, { data }]) => [name, data])) };
}

/** Null where the file is not float32 as the engine wants it; reading it then also finds out what is wrong. */
async function mappedInitializers(folder: string, shapes: ReadonlyMap<string, readonly number[]>) {
  const entries = await readSafetensorsHeader(join(folder, MAPPED_FILE)).catch((error: unknown) => {
    if (hasCode(error, 'fileNotFound')) return [];
    throw error;
  });
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const initializers = new Map<string, Initializer>();
  for (const [name, dims] of shapes) {
    const entry = byName.get(name);
    const sameShape = entry?.dims.length === dims.length && entry.dims.every((dim, i) => dim === dims[i]);
    if (!entry || !sameShape || entry.dtype !== 'F32' || entry.byteOffset % 4 !== 0) return null;
    initializers.set(name, { file: MAPPED_FILE, offset: entry.byteOffset, sizeBytes: entry.byteLength });
  }
  return initializers;
}
