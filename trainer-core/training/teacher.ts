/** A teacher: its encoder runs in a graph of its own, its vocabulary projection in the student's, chunk by chunk. */
import { tokenPositions } from '../classify/encoderFeeds.js';
import type { Graph } from '../graph/graph.js';
import type { Weights } from '../hub/initializers.js';
import type { LoadedModel } from '../hub/modelFiles.js';
import type { ModelConfig } from '../models/config.js';
import { embeddingParameter } from '../models/encoder.js';
import { maskedLmParameters } from '../models/heads.js';
import type { TeacherPrecision } from '../protocol/distillConfig.js';
import type { FloatTensor, NamedTensors } from '../protocol/tensor.js';
import { keepsTensors } from '../runtime/deviceMemory.js';
import type { Device } from '../runtime/devices.js';
import { float16Lowering } from '../runtime/float16.js';
import type { HostTensor } from '../runtime/hostTensor.js';
import { int8Lowering } from '../runtime/int8.js';
import { Program } from '../runtime/program.js';
import { PREDICTIONS, type TeacherReads, teacherGraph } from './teacherGraph.js';
import { teacherWeights, weightBytes } from './teacherWeights.js';
import type { HostFeeds, Run } from './trainStep.js';

export interface Teacher {
  config: ModelConfig;
  weights: Weights;
  /** How the matrices of its encoder and of its head's transform are held and multiplied. */
  precision: TeacherPrecision;
  /** The word embeddings and the output bias, by name; null for a teacher that has no masked-LM head and so predicts nothing. */
  projection: NamedTensors | null;
  /** Where it runs; default: where its reader does. */
  device?: Device;
}

/** True when the model can predict pieces. */
export function hasMaskedLmHead({ config, weights }: LoadedModel): boolean {
  return weights.has(`${maskedLmParameters(config).dense}.weight`);
}

/** Makes a teacher of a loaded model, after which `model.weights` may be let go: what can be is mapped from the folder. */
export async function teacherOf(
  model: LoadedModel,
  precision: TeacherPrecision = 'fp32',
  device?: Device,
): Promise<Teacher> {
  const { config, weights } = model;
  const hasHead = hasMaskedLmHead(model);
  const names = [`${embeddingParameter(config, 'word_embeddings')}.weight`, maskedLmParameters(config).bias];
  const projection = new Map(names.map((name) => [name, weights.get(name) as FloatTensor]));
  return {
    config,
    precision,
    projection: hasHead ? projection : null,
    weights: await teacherWeights(model, wholeGraph(config, hasHead), precision),
    ...(device && { device }),
  };
}

/** Bytes of memory that a teacher's weights take while it runs, each weight counted once. */
export function teacherBytes({ config, precision, projection }: Teacher): number {
  // The projection's other half, the word embeddings, is in the graph.
  const bias = projection?.get(maskedLmParameters(config).bias)?.data.byteLength ?? 0;
  return weightBytes(wholeGraph(config, projection !== null), precision) + bias;
}

function wholeGraph(config: ModelConfig, hasHead: boolean): Graph {
  return teacherGraph(config, true, { ...PREDICTIONS, transformed: hasHead });
}

/** What a teacher makes of a run: inputs of the student. */
export interface TeacherOutputs {
  feeds: Run['feeds'];
  /** Frees what is in a device's memory. */
  dispose(): void;
}

/** What is read of a teacher, ready to run. */
export class TeacherProgram {
  private constructor(
    private readonly program: Program,
    private readonly config: ModelConfig,
  ) {}

  /**
   * Floats are used in place: a rearranged copy would cost more memory than it saves time. Of bytes there is the rearranged copy only.
   * @param usual where it runs when it has no device of its own.
   * @param reader the device that its outputs are read on: they stay in its memory where it is the teacher's too. Default: the host.
   */
  static async compile(
    { config, weights, precision, device: own }: Teacher,
    attentionMask: boolean,
    reads: TeacherReads,
    usual: Device,
    reader?: Device,
  ): Promise<TeacherProgram> {
    const device = own ?? usual;
    const graph = teacherGraph(config, attentionMask, reads);
    const options = {
      fp32: () => ({ prepack: false }),
      fp16: () => ({ lowering: float16Lowering() }),
      // Tables stay floats: they are only looked up in.
      int8: () => ({ lowering: { Gemm: int8Lowering(graph).Gemm } }),
    }[precision]();
    const keep = reader?.name === device.name && keepsTensors(device) ? [...graph.outputs.keys()] : [];
    return new TeacherProgram(
      await Program.compile(graph, { device, ...weights, ...options, planMemory: false, keep }),
      config,
    );
  }

  /** The student's inputs that come from the teacher, for a run that is fed this. */
  async run(feeds: HostFeeds): Promise<TeacherOutputs> {
    const { modelType, padTokenId } = this.config;
    const own = modelType === 'roberta' ? tokenPositions(feeds.input_ids as HostTensor, padTokenId) : {};
    const { outputs, kept } = await this.program.runKeeping({ ...feeds, ...own });
    return {
      feeds: { ...outputs, ...kept },
      dispose: () => {
        for (const tensor of Object.values(kept)) tensor.dispose();
      },
    };
  }

  async dispose(): Promise<void> {
    await this.program.dispose();
  }
}
