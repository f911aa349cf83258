/** A teacher: its encoder runs in a graph of its own, its vocabulary projection in the student's, chunk by chunk. */
import { tokenPositions } from '../classify/encoderFeeds.js';
import { folderWeights, type Weights } from '../hub/initializers.js';
import type { LoadedModel } from '../hub/modelFiles.js';
import type { ModelConfig } from '../models/config.js';
import { embeddingParameter } from '../models/encoder.js';
import { maskedLmParameters } from '../models/heads.js';
import { parameterShapes } from '../models/parameters.js';
import type { FloatTensor, NamedTensors } from '../protocol/tensor.js';
import type { HostTensor } from '../runtime/hostTensor.js';
import { Program } from '../runtime/program.js';
import { PREDICTIONS, type TeacherReads, teacherGraph } from './teacherGraph.js';
import type { Feeds } from './trainStep.js';

export interface Teacher {
  config: ModelConfig;
  weights: Weights;
  /** The word embeddings and the output bias, by name; null for a teacher that has no masked-LM head and so predicts nothing. */
  projection: NamedTensors | null;
}

/** True when the model can predict pieces. */
export function hasMaskedLmHead({ config, weights }: LoadedModel): boolean {
  return weights.has(`${maskedLmParameters(config).dense}.weight`);
}

/** Makes a teacher of a loaded model. Its weights are mapped from the folder where they can be; `model.weights` may then be let go. */
export async function teacherOf(model: LoadedModel): Promise<Teacher> {
  const { config, folder, weights } = model;
  if (!hasMaskedLmHead(model)) {
    const graph = teacherGraph(config, true, { ...PREDICTIONS, transformed: false });
    return { config, projection: null, weights: await folderWeights(folder, parameterShapes(graph)) };
  }
  const names = [`${embeddingParameter(config, 'word_embeddings')}.weight`, maskedLmParameters(config).bias];
  const projection: NamedTensors = new Map(names.map((name) => [name, weights.get(name) as FloatTensor]));
  return { config, projection, weights: await folderWeights(folder, parameterShapes(teacherGraph(config, true))) };
}

/** What is read of a teacher, ready to run. */
export class TeacherProgram {
  private constructor(
    private readonly program: Program,
    private readonly config: ModelConfig,
  ) {}

  /** Its weights are used in place: a rearranged copy would cost more memory than it saves time. */
  static async compile(
    { config, weights }: Teacher,
    attentionMask: boolean,
    reads: TeacherReads,
    threads: number,
  ): Promise<TeacherProgram> {
    const graph = teacherGraph(config, attentionMask, reads);
    return new TeacherProgram(await Program.compile(graph, { threads, ...weights, prepack: false }), config);
  }

  /** The student's inputs that come from the teacher, for a run that is fed this. */
  async run(feeds: Feeds): Promise<Feeds> {
    const { modelType, padTokenId } = this.config;
    const own = modelType === 'roberta' ? tokenPositions(feeds.input_ids as HostTensor, padTokenId) : {};
    return await this.program.run({ ...feeds, ...own });
  }

  async dispose(): Promise<void> {
    await this.program.dispose();
  }
}
