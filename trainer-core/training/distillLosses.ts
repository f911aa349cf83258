/** The losses that a config asks for, checked against the two models that they compare. */
import type { ModelConfig } from '../models/config.js';
import { matchedUniformly } from '../models/studentInit.js';
import type { DistillConfig } from '../protocol/distillConfig.js';
import { type ImpossibleConfig, TrainerError } from '../protocol/errors.js';
import { lossWeights } from '../protocol/lossConfig.js';
import { isOff } from '../protocol/scheduled.js';
import type { LanguageModelLosses } from './lossSettings.js';

/** Up to this many layers the last one is what MiniLMv2 learns relations from. */
const SHALLOW = 12;
/** The teacher's columns in a relation head, by default: MiniLMv2 has 48 heads for 768 and 64 for 1,024. */
const RELATION_HEAD_SIZE = 16;

/**
 * Fills in what the config leaves to the models.
 * @param file the config's, for errors.
 * @throws TrainerError `configImpossible` when layers are not there, heads differ, relation heads do not divide the hidden sizes, or more
 * pieces are to be kept than there are.
 */
export function distillLosses(
  config: DistillConfig,
  student: ModelConfig,
  teacher: ModelConfig,
  file: string,
): LanguageModelLosses {
  const { temperature, restrictCeToMask, teacherTopK, alphaHidden, alphaAttention, alphaRelation } = config;
  const fail = (reason: ImpossibleConfig, keys: string[]) =>
    new TrainerError('configImpossible', { file, line: null, keys, reason });
  const losses: LanguageModelLosses = { weights: lossWeights(config), temperature, restrictCeToMask };

  if (teacherTopK !== null) {
    if (teacherTopK > teacher.vocabSize) throw fail('top-k-over-vocabulary', ['teacherTopK']);
    losses.topK = teacherTopK;
  }

  if (!isOff(alphaHidden) || !isOff(alphaAttention)) {
    const layers = config.matchedLayers ?? matchedUniformly(teacher.layers, student.layers);
    if (layers.length !== student.layers || layers.some((layer) => layer >= teacher.layers)) {
      throw fail('layers-not-in-teacher', ['matchedLayers', 'student.layers']);
    }
    losses.matchedLayers = layers;
  }
  if (!isOff(alphaAttention) && student.heads !== teacher.heads) {
    throw fail('attention-heads-differ', ['alphaAttention', 'student.heads']);
  }
  if (!isOff(alphaRelation)) {
    const teacherLayer = config.teacherRelationLayer ?? relationLayer(teacher.layers);
    if (teacherLayer >= teacher.layers) throw fail('layers-not-in-teacher', ['teacherRelationLayer']);
    const heads = config.relationHeads ?? teacher.hiddenSize / RELATION_HEAD_SIZE;
    const divides = [student, teacher].every(({ hiddenSize }) => Number.isInteger(heads) && hiddenSize % heads === 0);
    if (!divides) throw fail('relation-heads-do-not-divide', ['relationHeads', 'student.hidden']);
    losses.relation = { teacherLayer, heads };
  }
  return losses;
}

/** The last layer, or of a deep teacher an upper middle one: the 21st of 24, counted from 1 (Wang et al. 2021). */
function relationLayer(layers: number): number {
  return layers <= SHALLOW ? layers - 1 : Math.round((layers * 21) / 24) - 1;
}
