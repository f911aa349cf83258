/** A store's weights and moments as the tensors of a checkpoint. */
import type { Checkpoint } from '../checkpoint/checkpointFolder.js';
import { selectParameters } from '../models/parameters.js';
import type { NamedTensors } from '../protocol/tensor.js';
import type { ParameterStore } from './parameterStore.js';

/** As views. */
export function checkpointTensors(store: ParameterStore): Pick<Checkpoint, 'model' | 'optimizer'> {
  const optimizer: NamedTensors = new Map();
  for (const [name, tensor] of store.views(store.m)) optimizer.set(`m.${name}`, tensor);
  for (const [name, tensor] of store.views(store.v)) optimizer.set(`v.${name}`, tensor);
  return { model: store.views(store.values), optimizer };
}

/** Loads them again. Throws `tensorsMissing` and `tensorsMisshapen`: settings given anew may have made another model than the run's. */
export function loadCheckpointTensors(
  store: ParameterStore,
  { model, optimizer, folder }: Pick<Checkpoint, 'model' | 'optimizer'> & { folder: string },
): void {
  const moments = (prefix: string): NamedTensors =>
    new Map(
      [...optimizer].filter(([name]) => name.startsWith(prefix)).map(([name, t]) => [name.slice(prefix.length), t]),
    );
  const fitting = (tensors: NamedTensors) => selectParameters(store.shapes, tensors, folder);
  store.load(fitting(model));
  store.load(fitting(moments('m.')), store.m);
  store.load(fitting(moments('v.')), store.v);
}
