/** Devices: what they are called in configs, and what `devices --json` tells of each, a line a device. */

import * as z from 'zod';

/**
 * Where a run can compute. `webgpu`: any vendor's GPU by ONNX Runtime's WebGPU provider; `cuda`, `dml` and `coreml`: its providers of
 * those names; `tensorflow`: TensorFlow.js's native package.
 */
export const DEVICE_NAMES = ['cpu', 'webgpu', 'cuda', 'dml', 'coreml', 'tensorflow'] as const;
export type DeviceName = (typeof DEVICE_NAMES)[number];

/** Those that compute by CUDA, so on NVIDIA's cards alone. */
export const CUDA_DEVICES: readonly DeviceName[] = ['cuda', 'tensorflow'];

/** What a config can ask for. `auto`: the fastest that is there, by a timing that is remembered. */
export const DEVICE_CHOICES = ['auto', ...DEVICE_NAMES] as const;

/** Why a device cannot be used here, as far as can be found out. `messages/deviceWords.ts` has the words, with what to do. */
export const deviceFault = z.discriminatedUnion('code', [
  /** `platforms`: where it exists, as `process.platform`-`process.arch`. */
  z.object({ code: z.literal('notOnThisPlatform'), platform: z.string(), platforms: z.array(z.string()) }),
  /** The system has no Vulkan loader (`library`). */
  z.object({ code: z.literal('noVulkanLoader'), library: z.string() }),
  /** The loader is there and finds no driver. */
  z.object({ code: z.literal('noVulkanDriver') }),
  /** There is a driver, and the runtime takes none of its adapters: without what WebGPU asks of a driver. */
  z.object({ code: z.literal('driverTooOld'), adapters: z.array(z.string()) }),
  /** The system offers no graphics adapter at all. */
  z.object({ code: z.literal('noAdapter') }),
  /** An npm package is not installed, or not for this machine. */
  z.object({ code: z.literal('packageAbsent'), package: z.string() }),
  /** The package is there, its native files for this device are not: they are fetched on request. */
  z.object({ code: z.literal('binariesAbsent'), package: z.string(), files: z.array(z.string()) }),
  /** An npm package is installed without the native files that its install script fetches or builds. */
  z.object({ code: z.literal('nativeFilesAbsent'), package: z.string() }),
  /** Its native library is there and does not load. */
  z.object({ code: z.literal('nativeLibraryFailed'), package: z.string(), message: z.string() }),
  /** TensorFlow runs, and finds no GPU or not the CUDA libraries for it. */
  z.object({ code: z.literal('cudaAbsent'), package: z.string() }),
  /** The device's files are there, and need a library of the vendor's that the system does not find. */
  z.object({ code: z.literal('libraryAbsent'), library: z.string() }),
  /** A probe ran and the runtime said no, in its own words. */
  z.object({ code: z.literal('failed'), message: z.string() }),
  /** The probing process was ended by native code. `message`: the last that it said. */
  z.object({ code: z.literal('crashed'), signal: z.string(), message: z.string() }),
  /** The probing process did not answer in time. */
  z.object({ code: z.literal('timedOut'), seconds: z.number() }),
  /** It runs, and computes something else than the processor. Relative differences, null of what is no number, and what they may be. */
  z.object({
    code: z.literal('disagrees'),
    lossDifference: z.number().nullable(),
    gradientDifference: z.number().nullable(),
    limit: z.number(),
  }),
]);
export type DeviceFault = z.output<typeof deviceFault>;

/** A line of `devices --json`. Every name has one, usable or not. Null: not known, or not to be had. */
export const deviceReport = z.object({
  name: z.enum(DEVICE_NAMES),
  runtime: z.enum(['onnxruntime', 'tensorflow.js']),
  backend: z.enum(['CPU', 'Vulkan', 'Direct3D 12', 'Metal', 'CUDA', 'DirectML', 'CoreML']),
  /** The adapter's or processor's own name; empty where there is none. */
  description: z.string(),
  /** Computes graphs here, so that it can train and classify. */
  available: z.boolean(),
  /** Why it is not available; null when it is. */
  reason: deviceFault.nullable(),
  /** `auto` takes this one. No device is chosen where none was timed yet and none was to be. */
  chosen: z.boolean(),
  /** A GPU that is emulated by the processor: for tests. `auto` never takes it. */
  software: z.boolean(),
  /** The device's own memory; for a CPU, or a GPU that shares it, the system's. */
  memoryBytes: z.number().nullable(),
  driver: z.string().nullable(),
  /** Computes in half precision. */
  fp16: z.boolean().nullable(),
  limits: z.object({
    /** The largest single allocation. */
    maxBufferSizeBytes: z.number().nullable(),
  }),
  /** The timing that `auto` goes by; null where none was needed, or none was to be taken. */
  measured: z.object({ milliseconds: z.number(), measuredAt: z.string() }).nullable(),
});
export type DeviceReport = z.output<typeof deviceReport>;
