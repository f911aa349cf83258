/** An ONNX file run as any other program would run it: by its own inputs, which are int64, and its output `logits`. */
import * as ort from 'onnxruntime-node';
import { engineError } from './engineError.js';
import type { HostTensor } from './hostTensor.js';

export class ModelFile {
  private constructor(private readonly session: ort.InferenceSession) {}

  /** Opens a file. `threads`: inside one op. Throws what `engineError` makes of the engine's words. */
  static async open(file: string, threads: number): Promise<ModelFile> {
    return new ModelFile(
      await engine(
        ort.InferenceSession.create(file, {
          intraOpNumThreads: threads,
          graphOptimizationLevel: 'all',
          logSeverityLevel: 3,
        }),
      ),
    );
  }

  /** The logits of inputs of these dimensions; inputs that the model does not have are left out. Throws as `open`. */
  async logits(inputs: Readonly<Record<string, Int32Array>>, dims: readonly number[]): Promise<HostTensor> {
    const feeds = Object.fromEntries(
      this.session.inputNames.map((name) => {
        const data = inputs[name];
        if (!data) throw new Error(`input '${name}' was not fed`);
        return [name, new ort.Tensor('int64', BigInt64Array.from(data, BigInt), dims)];
      }),
    );
    const { logits } = await engine(this.session.run(feeds));
    return { data: logits?.data as Float32Array, dims: logits?.dims ?? [] };
  }

  /** Frees the engine's memory. */
  async dispose(): Promise<void> {
    await this.session.release();
  }
}

/** The engine's words become the errors of `engineError`. */
async function engine<T>(work: Promise<T>): Promise<T> {
  return await work.catch((cause) => {
    throw engineError(cause);
  });
}
