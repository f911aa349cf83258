/** What an engine's words come to. */
import { TrainerError } from '../protocol/errors.js';

/**
 * What onnxruntime's arena, the C++ library below it, a GPU's driver and JavaScript say when there is no memory left. Of a GPU the
 * driver's own words go to the log; what throws is the first use of the buffer that could not be made.
 */
const OUT_OF_MEMORY =
  /failed to allocate memory|bad[ _]alloc|array buffer allocation failed|out of (device )?memory|OUT_OF_(DEVICE_|HOST_)?MEMORY|Invalid Buffer .*due to a previous error|exceeds the max buffer size|larger than the maximum .*binding size/i;
/** What Dawn says, below onnxruntime's WebGPU provider, of a device that is gone: unplugged, reset by its driver, or hung. */
const DEVICE_LOST = /device\]? (is |was )?lost|device_lost|device removed|DXGI_ERROR_DEVICE/i;

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
