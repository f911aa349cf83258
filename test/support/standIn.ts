/** A device that this machine need not have, computed by the CPU's provider. */
import { EXECUTION_PROVIDERS, type ProviderName } from '../../trainer-core/runtime/executionProviders.js';

/** From here on, in this process, onnxruntime's CPU provider computes what `name` is asked for. Gives the way back. */
export function computeOnCpu(name: ProviderName): () => void {
  const real = EXECUTION_PROVIDERS[name];
  EXECUTION_PROVIDERS[name] = { ...real, entry: 'cpu' };
  return () => {
    EXECUTION_PROVIDERS[name] = real;
  };
}
