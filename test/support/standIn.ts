/** A device that this machine need not have, computed by the CPU's provider. */
import { join } from 'node:path';
import { candidates, thisMachine } from '../../trainer-core/devices/machine.js';
import { remember } from '../../trainer-core/devices/remembered.js';
import { EXECUTION_PROVIDERS, type ProviderName } from '../../trainer-core/runtime/executionProviders.js';

/** From here on, in this process, onnxruntime's CPU provider computes what `name` is asked for. Gives the way back. */
export function computeOnCpu(name: ProviderName): () => void {
  const real = EXECUTION_PROVIDERS[name];
  EXECUTION_PROVIDERS[name] = { ...real, entry: 'cpu' };
  return () => {
    EXECUTION_PROVIDERS[name] = real;
  };
}

/** Makes this process remember that such devices work here, so that a config can name them; `folder` is where it remembers. */
export async function rememberDevices(names: readonly ProviderName[], folder: string): Promise<void> {
  for (const variable of ['XDG_CACHE_HOME', 'LOCALAPPDATA', 'HOME']) process.env[variable] = join(folder, 'remembered');
  const machine = thisMachine();
  const devices = names.map((name) => ({
    name,
    description: 'Stand-in',
    software: false,
    fp16: null,
    fault: null,
    measured: null,
  }));
  await remember(candidates(machine).key, devices, machine.rememberedFile);
}
