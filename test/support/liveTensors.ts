/** Tensors that programs of onnxruntime have kept on their device and nobody has freed yet: a leak shows however small it is. */
import type { DeviceTensor } from '../../trainer-core/runtime/deviceTensor.js';
import { OrtProgram } from '../../trainer-core/runtime/ortProgram.js';

export interface LiveTensors {
  readonly count: number;
  /** How many were there when the program that made them was disposed, which on a GPU ends the process. */
  readonly outlived: number;
}

/** Does work, in which the tensors of this process are counted. */
export async function countingTensors(work: (tensors: LiveTensors) => Promise<void>): Promise<void> {
  const { runKeeping, dispose } = OrtProgram.prototype;
  const programs = new Map<OrtProgram, Set<DeviceTensor>>();
  const tensors = {
    outlived: 0,
    get count() {
      return [...programs.values()].reduce((sum, { size }) => sum + size, 0);
    },
  };
  OrtProgram.prototype.runKeeping = async function (feeds, options) {
    const results = await runKeeping.call(this, feeds, options);
    const own = programs.get(this) ?? new Set();
    programs.set(this, own);
    const reused = new Set(Object.values(options?.reuse ?? {}));
    for (const tensor of Object.values(results.kept).filter((kept) => !reused.has(kept))) {
      own.add(tensor);
      const free = tensor.dispose;
      tensor.dispose = () => {
        own.delete(tensor);
        free();
      };
    }
    return results;
  };
  OrtProgram.prototype.dispose = async function () {
    tensors.outlived += programs.get(this)?.size ?? 0;
    await dispose.call(this);
  };
  try {
    await work(tensors);
  } finally {
    Object.assign(OrtProgram.prototype, { runKeeping, dispose });
  }
}
