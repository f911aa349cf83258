/** The losses of a distillation that compare what lies inside of the two models, over all tokens of a run. */
import { add, reshape } from '../graph/build.js';
import { product } from '../graph/dims.js';
import type { Graph } from '../graph/graph.js';
import type { Value } from '../graph/ops.js';
import type { ModelConfig } from '../models/config.js';
import type { EncoderOutputs, LayerAttention } from '../models/encoder.js';
import { attentionBias } from '../nn/attention.js';
import { attentionScoreRows, hiddenStateRows } from '../nn/hiddenLosses.js';
import { weightedSum } from '../nn/losses.js';
import { relationRows } from '../nn/relationLosses.js';
import type { LossName } from '../protocol/events.js';
import { hasLoss, type LanguageModelLosses } from './lossSettings.js';
import { projected } from './projection.js';
import { relationInput, relationParts, TEACHER } from './teacherGraph.js';

interface InnerSettings extends LanguageModelLosses {
  student: ModelConfig;
  teacher: ModelConfig;
  attentionMask: boolean;
}

/** `hidden` and `attention` are sums over the matched layers, `relation` is one over queries, keys and values. */
export function innerLosses(
  g: Graph,
  { batch, sequence, hidden, layers }: EncoderOutputs,
  settings: InnerSettings,
): Partial<Record<LossName, Value>> {
  const { student, teacher, matchedLayers = [], relation } = settings;
  const losses: Partial<Record<LossName, Value>> = {};
  const tokens = product([batch, sequence]);
  const ofTokens = (rows: Value) =>
    weightedSum(g, rows, reshape(g, g.input('tokenWeight', [batch, sequence]), [tokens, 1]));
  const sum = (terms: readonly Value[]) => terms.reduce((total, term) => add(g, total, term));

  if (hasLoss(settings, 'hidden')) {
    const states = [0, ...matchedLayers.map((layer) => layer + 1)];
    const terms = states.map((ofTeacher, i) => {
      const x = projected(g, hidden[i] as Value, i === 0 ? 'embeddings' : 'hidden', teacher.hiddenSize);
      return hiddenStateRows(g, x, g.input(TEACHER.states(ofTeacher), [tokens, teacher.hiddenSize]));
    });
    losses.hidden = ofTokens(sum(terms));
  }
  if (hasLoss(settings, 'attention')) {
    const keyWeights = g.input('keyWeight', [batch, sequence]);
    const terms = matchedLayers.map((ofTeacher, i) => {
      const scores = g.input(TEACHER.scores(ofTeacher), [batch, teacher.heads, sequence, sequence]);
      return attentionScoreRows(g, layers[i]?.scores as Value, scores, keyWeights);
    });
    losses.attention = ofTokens(sum(terms));
  }
  if (relation && hasLoss(settings, 'relation')) {
    const bias = settings.attentionMask ? attentionBias(g, g.input('attention_mask', [batch, sequence])) : null;
    const terms = relationParts.map((part) => {
      const x = relationInput(g, student, layers.at(-1) as LayerAttention, part);
      const ofTeacher = g.input(TEACHER.relation(part), [tokens, teacher.hiddenSize]);
      return relationRows(g, x, ofTeacher, { batch, sequence, heads: relation.heads, bias });
    });
    losses.relation = ofTokens(sum(terms));
  }
  return losses;
}
