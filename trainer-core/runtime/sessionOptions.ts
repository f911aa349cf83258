/** What a session of onnxruntime is asked for. */
import { availableParallelism } from 'node:os';
import type { InferenceSession } from 'onnxruntime-node';
import { providerOf } from './executionProviders.js';
import type { CompileOptions } from './program.js';

/** @param outputNames all outputs of the model; `options.keep` says which of them stay on the device. */
export function sessionOptions(
  options: CompileOptions,
  outputNames: readonly string[],
): InferenceSession.SessionOptions {
  const { device, weightsFolder, prepack, planMemory = true, profileFile, keep = [], inPlace, quiet } = options;
  const provider = providerOf(device);
  const session: Record<string, string> = {};
  if (weightsFolder) session.model_external_initializers_file_folder_path = weightsFolder;
  if (prepack === false) session.disable_prepacking = '1';
  // A kernel that is missing on the GPU would otherwise be run on the CPU without a word, with all its data carried there and back.
  if (!provider.cpuFallback) session.disable_cpu_ep_fallback = '1';
  const location = (name: string) => (keep.includes(name) ? 'gpu-buffer' : 'cpu');
  return {
    executionProviders: [provider.entry],
    intraOpNumThreads: options.threads ?? device?.threads ?? availableParallelism(),
    graphOptimizationLevel: 'all',
    enableMemPattern: planMemory && provider.plansMemory,
    logSeverityLevel: quiet ? 4 : 3,
    extra: { session },
    // With preferred locations the engine makes its own tensors, and writes into none that it is given.
    ...(provider.keepsTensors && keep.length > 0 && !inPlace
      ? { preferredOutputLocation: Object.fromEntries(outputNames.map((name) => [name, location(name)])) }
      : {}),
    ...(profileFile ? { enableProfiling: true, profileFilePrefix: profileFile } : {}),
  };
}
