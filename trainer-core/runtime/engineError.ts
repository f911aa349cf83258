/** What an engine's words come to. */
import { TrainerError } from '../protocol/errors.js';

/**
 * What onnxruntime's arena, the C++ library below it, a GPU's driver, TensorFlow (RESOURCE_EXHAUSTED is 8) and JavaScript say when there
 * is no memory left. Of a GPU the driver's own words go to the log; what throws is the first use of the buffer that could not be made.
 */
const OUT_OF_MEMORY =
  /failed to allocate memory|bad[ _]alloc|array buffer allocation failed|out of (device )?memory|OUT_OF_(DEVICE_|HOST_)?MEMORY|Invalid Buffer .*due to a previous error|exceeds the max buffer size|larger than the maximum .*binding size|STATUS_ALLOC_FAILED|TF_Status: 8\b|8007000E|not enough memory/i;
/**
 * What is said of a device that is gone, unplugged, reset by its driver or hung: by Dawn below onnxruntime's WebGPU provider, by Direct3D
 * (DXGI_ERROR_DEVICE_HUNG, _REMOVED and _RESET) and by CUDA (`cudaError` 719, 721 and 46, and a card that fell off the bus).
 */
const DEVICE_LOST =
  /device\]? (is |was )?lost|device_lost|device removed|device instance has been suspended|DXGI_ERROR_DEVICE|887A000[567]|CUDA (failure|error) (719|721|46)\b|GPU is lost|fallen off the bus/i;

/** The TrainerError that an engine's error is: `outOfMemory`, `deviceLost`, or `engineFailed` with its words. */
export function engineError(cause: unknown): TrainerError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (DEVICE_LOST.test(reason)) return new TrainerError('deviceLost', { reason: innermost(reason) }, { cause });
  if (OUT_OF_MEMORY.test(reason)) return new TrainerError('outOfMemory', { reason }, { cause });
  return new TrainerError('engineFailed', { reason }, { cause });
}

/** Dawn's words without those of onnxruntime around them, which name its own source. */
function innermost(reason: string): string {
  return (/message: (.*)/.exec(reason)?.[1] ?? reason).trim().replace(/\.$/, '');
}
