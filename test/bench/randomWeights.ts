/** Random weights for the benchmarks. */
import { classificationGraph } from '../../trainer-core/classify/classificationGraph.js';
import { Random } from '../../trainer-core/corpus/random.js';
import type { ModelConfig } from '../../trainer-core/models/config.js';
import { initialParameters, parameterShapes } from '../../trainer-core/models/parameters.js';
import type { NamedTensors } from '../../trainer-core/protocol/tensor.js';
import { maskedLmShapes } from '../../trainer-core/training/languageModelSources.js';

export type Head = 'maskedLm' | 'classification';

/** Every weight of a model with this head. */
export function randomWeights(head: Head, model: ModelConfig): NamedTensors {
  const random = Random.fromSeed(0);
  const shapes = head === 'maskedLm' ? maskedLmShapes(model) : parameterShapes(classificationGraph(model, false).graph);
  return initialParameters(shapes, model, () => random.normal());
}
