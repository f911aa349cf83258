/** What each device is made of, where it exists at all, and whether its files are here: all that is known without trying it. */

import type { DeviceFault, DeviceName, DeviceReport } from '../protocol/devices.js';
import { CUDA_PLATFORMS, missingCudaFiles } from '../runtime/installCuda.js';
import { PLATFORM } from '../runtime/system.js';
import { TENSORFLOW_PACKAGE, tensorflowInstalled } from '../runtime/tfjs/loadTensorflow.js';

/** Where onnxruntime-node 1.30 brings a provider's code, or can fetch it (its script/install-metadata.js). Null: everywhere. */
const PLATFORMS: Readonly<Record<DeviceName, readonly string[] | null>> = {
  cpu: null,
  webgpu: ['win32-x64', 'win32-arm64', 'linux-x64', 'darwin-arm64'],
  cuda: CUDA_PLATFORMS,
  dml: ['win32-x64', 'win32-arm64'],
  coreml: ['darwin-arm64'],
  tensorflow: ['linux-x64', 'win32-x64'],
};

const ENGINE = 'onnxruntime-node';

/** Why a device cannot be here; null when it is worth a try. */
export function absence(name: DeviceName, platform = PLATFORM): DeviceFault | null {
  const platforms = PLATFORMS[name];
  if (platforms && !platforms.includes(platform))
    return { code: 'notOnThisPlatform', platform, platforms: [...platforms] };
  if (name === 'tensorflow' && !tensorflowInstalled()) return { code: 'packageAbsent', package: TENSORFLOW_PACKAGE };
  if (name !== 'cuda') return null;
  const files = missingCudaFiles(platform);
  return files.length > 0 ? { code: 'binariesAbsent', package: ENGINE, files } : null;
}

/** The interface that a device computes by. */
export function backendOf(name: DeviceName, platform: string): DeviceReport['backend'] {
  switch (name) {
    case 'cpu':
      return 'CPU';
    case 'webgpu':
      return platform.startsWith('win32') ? 'Direct3D 12' : platform.startsWith('darwin') ? 'Metal' : 'Vulkan';
    case 'dml':
      return 'DirectML';
    case 'coreml':
      return 'CoreML';
    default:
      return 'CUDA';
  }
}
