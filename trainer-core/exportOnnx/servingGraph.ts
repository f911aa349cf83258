/**
 * A model as other programs run it: the inputs and outputs that Hugging Face's exports have (optimum's `OnnxConfig` of BERT and
 * DistilBERT), everything else worked out in the graph.
 */
import { cast, mul, range, reshape } from '../graph/build.js';
import { Graph } from '../graph/graph.js';
import type { Value } from '../graph/ops.js';
import type { ModelConfig } from '../models/config.js';
import { encoder } from '../models/encoder.js';
import { classifierLogits, maskedLmTransform, vocabularyLogits } from '../models/heads.js';

export type ServedHead = 'classification' | 'maskedLm';

const [BATCH, SEQUENCE] = ['batch', 'sequence'];

/**
 * Inputs, all int64 [batch, sequence]: `input_ids`, `attention_mask`, and `token_type_ids` where the model has token types.
 * Output `logits`: [batch, classes], or [batch, sequence, vocabulary] for a masked language model.
 */
export function servingGraph(config: ModelConfig, head: ServedHead): Graph {
  const g = new Graph();
  const ctx = { g, training: false };
  g.input('input_ids', [BATCH, SEQUENCE], 'int64');
  if (config.typeVocabSize > 1) g.input('token_type_ids', [BATCH, SEQUENCE], 'int64');
  g.bind('attention_mask', cast(g, g.input('attention_mask', [BATCH, SEQUENCE], 'int64'), 'float32'));
  g.bind('position_ids', range(g, SEQUENCE));
  g.bind('first_tokens', range(g, BATCH, SEQUENCE));
  const { hidden } = encoder(ctx, config, { firstTokenOnly: head === 'classification', tokenTypes: true });
  const last = hidden.at(-1) as Value;
  const logits =
    head === 'classification'
      ? atTemperature(g, classifierLogits(ctx, config, last), config.temperature)
      : reshape(g, vocabularyLogits(g, config, maskedLmTransform(ctx, config, last)), [
          BATCH,
          SEQUENCE,
          config.vocabSize,
        ]);
  g.output('logits', logits);
  return g;
}

/** Other programs know no temperature: what they make of these logits by softmax or sigmoid is what the classifier makes of its own. */
function atTemperature(g: Graph, logits: Value, temperature: number): Value {
  return temperature === 1 ? logits : mul(g, logits, 1 / temperature);
}
