/** onnxruntime's execution providers, one for each device that it computes on, and what each of them asks of a session. */
import type { InferenceSession } from 'onnxruntime-node';
import type { DeviceName } from '../protocol/devices.js';
import type { Dialect } from './onnxEncoder.js';
import { WEBGPU } from './webgpuLowering.js';

/** The devices that onnxruntime computes on. */
export type ProviderName = Exclude<DeviceName, 'tensorflow'>;

export interface ExecutionProvider {
  /** What onnxruntime-node is asked for. */
  entry: InferenceSession.ExecutionProviderConfig;
  /** Ops that it has no kernel for are computed on the CPU, their data carried there and back. False: a graph with such an op is refused. */
  cpuFallback: boolean;
  /** It has memory of its own, in which tensors can stay between runs as far as onnxruntime's Node binding goes. */
  keepsTensors: boolean;
  /** The engine may plan the memory of a run once for each shape. */
  plansMemory: boolean;
  /** Bytes of the largest tensor that every such device takes; absent: any. */
  largestTensor?: number;
  /** Other spellings of what it has no kernel for. */
  dialect?: Dialect;
}

/** WebGPU's smallest limit of what a shader can see of a buffer (`maxStorageBufferBindingSize`): every adapter takes as much. */
export const LARGEST_TENSOR = 128 * 2 ** 20;

/** CoreML's flags (coreml_provider_factory.h). */
const COREML = { cpuAndGpu: 0x20, mlProgram: 0x10 } as const;

export const EXECUTION_PROVIDERS: Record<ProviderName, ExecutionProvider> = {
  cpu: { entry: 'cpu', cpuFallback: true, keepsTensors: false, plansMemory: true },
  webgpu: {
    entry: 'webgpu',
    cpuFallback: false,
    keepsTensors: true,
    plansMemory: true,
    largestTensor: LARGEST_TENSOR,
    dialect: WEBGPU,
  },
  // It leaves sizes and the like to the CPU on purpose, which `disable_cpu_ep_fallback` would refuse.
  cuda: { entry: 'cuda', cpuFallback: true, keepsTensors: false, plansMemory: true },
  dml: { entry: 'dml', cpuFallback: true, keepsTensors: false, plansMemory: false },
  // Not the neural engine, which computes in half precision.
  coreml: {
    entry: { name: 'coreml', coreMlFlags: COREML.mlProgram | COREML.cpuAndGpu },
    cpuFallback: true,
    keepsTensors: false,
    plansMemory: true,
  },
};

/** The provider of a device; the CPU's when there is none. A device of another runtime is an Error. */
export function providerOf(device: { name: DeviceName } | undefined): ExecutionProvider {
  const name = device?.name ?? 'cpu';
  if (name === 'tensorflow') throw new Error('onnxruntime does not compute on TensorFlow');
  return EXECUTION_PROVIDERS[name];
}
