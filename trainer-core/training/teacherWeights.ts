/** A teacher's weights as its graph takes them, and the bytes that they come to. */
import { type Graph, topologicalOrder } from '../graph/graph.js';
import { folderWeights, type Weights } from '../hub/initializers.js';
import type { LoadedModel } from '../hub/modelFiles.js';
import { parameterShapes, selectParameters } from '../models/parameters.js';
import type { TeacherPrecision } from '../protocol/distillConfig.js';

/**
 * The weights that `graph` reads, mapped from the folder where they can be. In int8 the matrices of linear layers are the model's own
 * floats, to be made bytes when the graph is compiled and let go then; in fp16 tables too, to be made halves.
 * Throws `tensorsMissing`, `tensorsMisshapen`, and the errors of reading models.
 */
export async function teacherWeights(
  { folder, weights }: LoadedModel,
  graph: Graph,
  precision: TeacherPrecision,
): Promise<Weights> {
  const shapes = parameterShapes(graph);
  if (precision === 'fp32') return await folderWeights(folder, shapes);
  const matrices = precision === 'fp16' ? tablesAndMatrices(shapes) : linearMatrices(graph);
  const rest = await folderWeights(folder, new Map([...shapes].filter(([name]) => !matrices.has(name))));
  const ofLayers = selectParameters(new Map([...shapes].filter(([name]) => matrices.has(name))), weights, folder);
  const floats = [...ofLayers].map(([name, { data }]) => [name, data] as const);
  return { ...rest, initializers: new Map([...rest.initializers, ...floats]) };
}

/**
 * Bytes of memory that the weights of `graph` take while it runs: four each; in int8 one each of a matrix, and four of its scales; in
 * fp16 two each of a matrix or table.
 */
export function weightBytes(graph: Graph, precision: TeacherPrecision): number {
  const inBytes = precision === 'int8' ? linearMatrices(graph) : new Set<string>();
  const shapes = parameterShapes(graph);
  const inHalves = precision === 'fp16' ? tablesAndMatrices(shapes) : new Set<string>();
  let bytes = 0;
  for (const [name, dims] of shapes) {
    const size = dims.reduce((n, dim) => n * dim, 1);
    if (inBytes.has(name)) bytes += size + 4 * (dims[0] as number);
    else bytes += inHalves.has(name) ? 2 * size : 4 * size;
  }
  return bytes;
}

function tablesAndMatrices(shapes: ReadonlyMap<string, readonly number[]>): Set<string> {
  return new Set([...shapes].flatMap(([name, { length }]) => (length === 2 ? [name] : [])));
}

/** Names of the matrices that rows are multiplied with. */
function linearMatrices(graph: Graph): Set<string> {
  const names = new Map(graph.inputsOf('parameter').map(({ name, value }) => [value, name]));
  const gemms = topologicalOrder(graph.outputs.values()).filter(({ op }) => op === 'Gemm');
  return new Set(gemms.flatMap(({ inputs: [, matrix] }) => (matrix && names.get(matrix)) ?? []));
}
