/** Which precisions a device computes in. */
import { gemm } from '../graph/build.js';
import { Graph } from '../graph/graph.js';
import { TrainerError } from '../protocol/errors.js';
import type { Precision } from '../protocol/precision.js';
import type { Device } from './devices.js';
import { float16Lowering } from './float16.js';
import { float32 } from './hostTensor.js';
import { Program } from './program.js';

/**
 * What a setting comes to on a device: `auto` stays only where half precision is there to be checked. The CPU has none: onnxruntime
 * works half precision out there by way of single precision, which is slower than either.
 * Throws TrainerError `precisionUnavailable`.
 * @param available what the setting may be instead, for the error.
 */
export async function resolvePrecision(
  wanted: Precision,
  device: Device,
  available: readonly Precision[] = ['auto', 'fp32'],
): Promise<Precision> {
  if (wanted === 'fp32' || (await hasHalfPrecision(device))) return wanted;
  if (wanted === 'auto') return 'fp32';
  throw new TrainerError('precisionUnavailable', { precision: wanted, device: device.name, available });
}

/** True where a shader can compute with float16 (WebGPU's `shader-f16`), which is found out by a product in it. */
export async function hasHalfPrecision(device: Device): Promise<boolean> {
  if (device.name !== 'webgpu') return false;
  const g = new Graph();
  g.output('y', gemm(g, g.input('a', [4, 4]), g.input('b', [4, 4]), null));
  const ones = float32(new Float32Array(16).fill(1), [4, 4]);
  try {
    const program = await Program.compile(g, { device, lowering: float16Lowering(), quiet: true });
    const { y } = await program.run({ a: ones, b: ones }).finally(() => program.dispose());
    return y?.data.every((x) => x === 4) ?? false;
  } catch {
    // A device that fails in any other way will say so when it is used.
    return false;
  }
}
